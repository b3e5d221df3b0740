"""The store: one database that holds the journal, and the rows that lists are made of."""
