"""Work that takes longer than a request: a queue in a table, done in processes of their own."""
