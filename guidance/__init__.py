"""Content: documents, their files, who approves them, and the gate to them."""
