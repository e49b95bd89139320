#!/bin/bash
# The first-start contract that the StatefulSet relies on, the same as the public image's:
# POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD_FILE and PGDATA; a cluster that exists is left alone.
set -euo pipefail

if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  # A start that was killed half-way leaves a folder that initdb would refuse.
  rm -rf "$PGDATA.new"
  initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth=scram-sha-256 --data-checksums --encoding=UTF8 --locale=C.UTF-8 -D "$PGDATA.new"
  PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
  export PGPASSWORD
  pg_ctl -D "$PGDATA.new" -w -o "-c listen_addresses=''" start
  if [ "${POSTGRES_DB:-postgres}" != postgres ]; then
    createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  fi
  pg_ctl -D "$PGDATA.new" -m fast -w stop
  unset PGPASSWORD
  rmdir "$PGDATA" 2>/dev/null || true
  mv "$PGDATA.new" "$PGDATA"
fi
exec "$@"
