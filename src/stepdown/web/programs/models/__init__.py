"""What is kept of teaching. What was published or written down never changes; a row is added."""

from stepdown.web.programs.models.audiences import Audience
from stepdown.web.programs.models.curriculum import ModuleVersion, ProgrammeVersion
from stepdown.web.programs.models.rollouts import ActualDate, DrawnPerson, Rollout
from stepdown.web.programs.models.sessions import (
    Attendance,
    Exemption,
    FidelityMark,
    Instructing,
    Session,
    TeacherCorrection,
)

__all__ = [
    "ActualDate",
    "Attendance",
    "Audience",
    "DrawnPerson",
    "Exemption",
    "FidelityMark",
    "Instructing",
    "ModuleVersion",
    "ProgrammeVersion",
    "Rollout",
    "Session",
    "TeacherCorrection",
]
