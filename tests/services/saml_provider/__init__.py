"""A real SAML 2.0 identity provider in a process of its own, told what to claim and to break."""
