"""What templates of the portal load."""
