"""The screens. They do not know each other; only the main window joins them."""
