"""Pages that show documents: one page each, platform cards, lists by type."""
