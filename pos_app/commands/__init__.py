"""The second front end: the till from a command line. What the window can do, it can do too, without Qt."""
