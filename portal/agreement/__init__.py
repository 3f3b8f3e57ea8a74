"""The proof that the access rule and each of its compiled forms give the same answers."""
