# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that the chart, the roles and the checks agree on."""

from __future__ import annotations

from typing import Final

# Who wrote an object, and which set of objects it belongs to.
MANAGER: Final = "cam.mesh"
LABEL_MANAGED_BY: Final = "app.kubernetes.io/managed-by"
LABEL_SET: Final = "cam.mesh/set"
SET_CONFIG_MAP_PREFIX: Final = "cam-set-"

# One environment is one namespace.
NAMESPACE_PREFIX: Final = "cam-"

RELEASE: Final = "cam-arbitration-mesh"
DEPLOYMENT: Final = "cam-arbitration-mesh"
CHART: Final = "cam-chart"
CHART_VERSION: Final = "2.0.0"
SERVICE: Final = "cam-service"
SERVICE_PORT: Final = "http"
SERVICE_PORT_APP: Final = "http-app"
CONTAINER_PORT: Final = "http"
INGRESS: Final = "cam-ingress"
TLS_SECRET: Final = "cam-tls"
CA_SECRET: Final = "cam-ca"

POSTGRES: Final = "postgres"
POSTGRES_PORT: Final = 5432
POSTGRES_DATABASE: Final = "cam_production"
POSTGRES_SECRET: Final = "postgres-secret"
POSTGRES_TLS_SECRET: Final = "postgres-tls"

REDIS: Final = "redis"
REDIS_PORT: Final = 6379
REDIS_SECRET: Final = "redis-secret"
REDIS_TLS_SECRET: Final = "redis-tls"

API_KEY_SECRET: Final = "cam-api-key"
API_KEY: Final = "api-key"

PROMETHEUS: Final = "prometheus"
PROMETHEUS_PORT: Final = 9090
ALERTMANAGER: Final = "alertmanager"
ALERTMANAGER_PORT: Final = 9093

# Where the app serves its metrics.
METRICS_PATHS: Final = ("/metrics", "/collaboration/metrics")

# The labels that select the app's pods; a version is a label, never part of a selector.
LABEL_NAME: Final = "app.kubernetes.io/name"
LABEL_INSTANCE: Final = "app.kubernetes.io/instance"
LABEL_COMPONENT: Final = "app.kubernetes.io/component"
APP_NAME: Final = "cam"
APP_COMPONENT: Final = "app"
APP_SELECTOR: Final = (
    "app.kubernetes.io/name=cam,"
    "app.kubernetes.io/instance=cam-arbitration-mesh,"
    "app.kubernetes.io/component=app"
)
