"""Agencies, units, people and their roles; signing in."""
