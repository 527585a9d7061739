"""The audit log: who did what to which record, append-only, each entry sealed to the one before."""
