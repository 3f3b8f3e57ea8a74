"""Word documents: what may not be inside, what is stripped, and what they say."""
