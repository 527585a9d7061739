"""Formats that other systems speak."""
