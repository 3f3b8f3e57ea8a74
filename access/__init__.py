"""Who may see what: the access rule as pure Python, free of any framework."""
