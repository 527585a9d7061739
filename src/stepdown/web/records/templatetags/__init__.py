"""How templates say what is kept of records."""
