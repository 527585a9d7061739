"""The pages of those who administer an agency or the site: thin, over the acts of this room."""
