"""What the program ships beside its code: texts, themes, icons, fonts."""
