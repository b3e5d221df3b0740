"""The paper: receipts and slips as data, and the forms they can take."""
