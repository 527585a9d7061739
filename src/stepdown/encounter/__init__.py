"""Practise: one encounter with a simulated person in crisis, its log and its review."""
