"""The pages of the settings, the paper beside them, and who may come to them."""
