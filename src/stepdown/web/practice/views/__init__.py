"""The pages of practice: thin, over the acts of this room."""
