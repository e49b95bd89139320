# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file of checks. The module form is packed by reading imports, so each one is named here."""

from __future__ import annotations

from ansible_collections.cam.mesh.plugins.module_utils import (
    _check_cluster,
    _check_dependencies,
    _check_endpoints,
    _check_function,
    _check_mesh,
    _check_monitoring,
    _check_network,
    _check_paths,
    _check_sweep,
    _check_tls,
    _check_workload,
)

FILES = (
    _check_cluster,
    _check_tls,
    _check_dependencies,
    _check_workload,
    _check_network,
    _check_endpoints,
    _check_paths,
    _check_sweep,
    _check_function,
    _check_mesh,
    _check_monitoring,
)
