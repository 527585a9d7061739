"""A year of training in the demonstration: taught, attended, tested, planned for.

What people decide is done through the acts of the site, in the order of its time. What would be
thousands of acts (who was there, what was scored) is written at once, with fixed seeds, as they
would have left it.
"""

from stepdown.web.demo_year.people import grow, list_members
from stepdown.web.demo_year.year import FEWEST_DRAWN, live_through, plan_ahead

DAYS = 400
"""Days before now on which the agency begins."""

__all__ = ["DAYS", "FEWEST_DRAWN", "grow", "list_members", "live_through", "plan_ahead"]
