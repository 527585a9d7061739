"""Who used more of the force that was used, among officers at the same scene."""
