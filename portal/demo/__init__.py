"""The demo library: invented documents and people that show every case of the access rule."""
