"""The page, and the chapter of a briefing, on officers at the same scene."""
