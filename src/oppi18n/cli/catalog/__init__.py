"""What is done to catalogs: one module per command, found by its file name."""
