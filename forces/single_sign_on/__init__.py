"""Signing in with a force's own account, by OpenID Connect or SAML 2.0."""
