"""What the window does between its screens, a file for each reason; `ui.main_window` joins them.

Imported once the till is open: the window is painted before.
"""
