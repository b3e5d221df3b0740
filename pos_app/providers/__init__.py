"""The companies whose APIs sell cards: one file each, and one line each in `SPECS`."""
