"""Pages that are not documents: home, forces, account, help and the other standing pages."""
