"""What the screen Attention is made of: the list, the order looked at, and the desk where it is decided."""
