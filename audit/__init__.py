"""What people did: append-only rows, sealed into a hash chain."""
