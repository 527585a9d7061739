"""A year of training in the demonstration: taught, attended, tested, planned for.

What would be thousands of rows (who was there, what was scored) is written at once, with fixed
seeds, as the acts of the site would have left it.
"""

from stepdown.web.demo_year.people import grow, list_members
from stepdown.web.demo_year.year import FEWEST_DRAWN, live_through

DAYS = 400
"""Days before now on which the agency begins."""

__all__ = ["DAYS", "FEWEST_DRAWN", "grow", "list_members", "live_through"]
