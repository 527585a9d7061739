"""What a person still holds and when to refresh it: curriculum, records, memory and the plan."""
