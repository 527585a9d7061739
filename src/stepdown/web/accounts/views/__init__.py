"""The pages of coming in and of one's own account: thin, over the acts of this room."""
