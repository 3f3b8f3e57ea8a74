"""What a force's directory may say, and what comes of it."""
