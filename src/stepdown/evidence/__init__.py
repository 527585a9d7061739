"""What published studies found, how far it can be pooled, and what a cited source really shows."""
