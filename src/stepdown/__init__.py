"""Practise de-escalation, keep the skill, and find out whether it changed anything."""

__version__ = "0.1.0"
