"""A real OpenID Connect provider in a process of its own: allauth's, told what to claim."""
