"""The till without a window: everything a cashier can do, doable and testable without Qt."""

__version__ = "0.1.0"
