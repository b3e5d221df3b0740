"""The money: what is due, what is read back, the ways to pay, and what is asked before it counts."""
