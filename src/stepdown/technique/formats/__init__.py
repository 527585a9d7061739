"""One reader per transcript format: text → cues."""
