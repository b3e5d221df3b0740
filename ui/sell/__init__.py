"""What the screen Sell is made of: where one searches, the tiles, what a line of the basket says."""
