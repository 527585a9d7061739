"""What is taught: curricula, sessions with who was there, rollouts."""
