"""Windows of AWS: written rightly, long enough, and not over each other."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_windows import refuse_windows
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError


def ask(weekly: str, daily: str) -> None:
    refuse_windows(weekly, "maintenance", daily, "backup", "cam")


@pytest.mark.parametrize(
    ("weekly", "daily"),
    [
        ("sun:04:00-sun:05:00", "03:00-04:00"),
        ("sun:23:30-mon:00:30", "00:30-01:00"),
    ],
)
def test_windows_beside_each_other_are_taken(weekly: str, daily: str) -> None:
    ask(weekly, daily)


@pytest.mark.parametrize(
    ("weekly", "daily", "says"),
    [
        ("sun:04:00-sun:05:00", "04:30-05:30", "over each other"),
        ("sun:23:30-mon:00:30", "00:00-00:30", "over each other"),
        ("sun:23:30-mon:00:30", "23:00-23:45", "over each other"),
        ("sat:04:00-sat:05:00", "23:50-04:01", "over each other"),
        ("sun:04:00-sun:04:29", "03:00-04:00", "30 minutes to 24 hours"),
        ("sun:04:00-sun:05:00", "03:00-03:10", "30 minutes to 24 hours"),
        ("sun:04:00-tue:05:00", "03:00-03:40", "30 minutes to 24 hours"),
        ("Sunday:04:00", "03:00-04:00", "cam_maintenance_window is 'Sunday:04:00'"),
        ("sun:24:00-sun:25:00", "03:00-04:00", "an example"),
        ("sun:04:00-sun:05:00", "3-4", "cam_backup_window is '3-4'"),
    ],
)
def test_others_are_refused_with_the_name_of_the_variable(
    weekly: str, daily: str, says: str
) -> None:
    with pytest.raises(CamError, match=says):
        ask(weekly, daily)
