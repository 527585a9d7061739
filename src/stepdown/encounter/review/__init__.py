"""After an encounter: what happened, what each act was worth, and what to try next time."""

from stepdown.encounter.review.review import Review, review

__all__ = ["Review", "review"]
