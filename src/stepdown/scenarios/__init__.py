"""The scenarios that ship with Stepdown: data, not code."""
