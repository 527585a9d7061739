"""Personal data: what is kept of whom and why, export, erasure, retention, legal hold."""
