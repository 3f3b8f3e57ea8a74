"""Signing in with a force's account by SAML 2.0, against a provider in a process of its own."""
