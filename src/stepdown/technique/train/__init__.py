"""Train the coder from the written corpus alone. Needs the extra [train]."""
