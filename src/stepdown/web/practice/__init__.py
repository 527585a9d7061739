"""Encounters in the browser: played, kept, reviewed, assigned and assessed."""
