"""`make gallery`: every screen in every state, made by the program itself off-screen."""
