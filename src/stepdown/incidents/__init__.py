"""An agency's raw files → canonical incident, exposure and training tables, and the panel."""
