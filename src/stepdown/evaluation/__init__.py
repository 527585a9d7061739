"""Study plan → panel → design checks → estimates → verdict."""
