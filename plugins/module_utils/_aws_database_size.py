# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How large the classes of RDS are: their memory, the connections they carry, which is smaller.

Memory: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
Connections: LEAST({DBInstanceClassMemory/9531392}, 5000), the default of `max_connections`,
https://docs.aws.amazon.com/prescriptive-guidance/latest/tuning-postgresql-parameters/max-connections.html
"""

from __future__ import annotations

import re
from typing import Final

# GiB of a `large` of the general (m), memory-rich (r) and burstable (t) families.
LARGE_GIB: Final = {"m": 8.0, "r": 16.0, "t": 8.0}
# As shares of a `large`.
SMALL: Final = {"micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1.0, "xlarge": 2.0}
BYTES_A_CONNECTION: Final = 9531392
MOST_CONNECTIONS: Final = 5000


def memory_gib(name: str) -> float | None:
    """The memory of `db.t3.micro` or `cache.m6g.large` by its name; None of families not known."""
    found = re.fullmatch(r"(?:db|cache)\.([mrt])\d[a-z]*\.(\d*)([a-z]+)", name)
    if found is None or found[3] not in SMALL:
        return None
    times = int(found[2] or 1)
    return LARGE_GIB[found[1]] * SMALL[found[3]] * times


def connections(name: str) -> int | None:
    """The most connections that AWS lets a class of this memory have; None if it is not known.

    The memory of the name is a little more than RDS leaves to PostgreSQL, so the default of AWS is
    a little lower. The collection sets this number itself, so that it is true.
    """
    memory = memory_gib(name)
    if memory is None:
        return None
    return min(int(memory * 1024**3 / BYTES_A_CONNECTION), MOST_CONNECTIONS)


def carried(name: str, wish: int) -> int:
    """As many connections as are wished for, and no more than the class carries."""
    most = connections(name)
    return wish if most is None else min(wish, most)


def is_smaller(name: str, than: str) -> bool:
    """Whether a class has less memory; of classes that are not known nobody can say so."""
    mine, theirs = memory_gib(name), memory_gib(than)
    return mine is not None and theirs is not None and mine < theirs
