"""What is kept of people's records. History stays; what counts now is added to it."""

from stepdown.web.records.models.hours import Certificate, Credit, HoursSetting
from stepdown.web.records.models.people import Member, RosterImport, StagedRoster
from stepdown.web.records.models.refreshers import Exam, Plan, PlanSetting, PractiseCounts, Visit
from stepdown.web.records.models.sending import Feed, FeedEntry, Reminder

__all__ = [
    "Certificate",
    "Credit",
    "Exam",
    "Feed",
    "FeedEntry",
    "HoursSetting",
    "Member",
    "Plan",
    "PlanSetting",
    "PractiseCounts",
    "Reminder",
    "RosterImport",
    "StagedRoster",
    "Visit",
]
