"""Pages: thin functions from a request to a response."""
