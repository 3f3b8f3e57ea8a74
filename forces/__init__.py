"""Who is asking: organisations, people, memberships, and how they sign in."""
