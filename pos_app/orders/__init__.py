"""What is sold and what became of it: pure data and rules, no I/O, no waiting."""
