"""Papers drawn by Qt: the PDF of a slip and its picture."""
