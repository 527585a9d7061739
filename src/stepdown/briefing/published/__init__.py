"""Published evidence as a page of its own, and as a chapter of a study's briefing."""
