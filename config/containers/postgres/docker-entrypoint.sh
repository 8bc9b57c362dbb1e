#!/bin/sh
# Does what the official image does with POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_PASSWORD_FILE, POSTGRES_DB and
# POSTGRES_INITDB_ARGS; it has no scripts to run at the first start.
set -eu

[ "$1" = postgres ] || exec "$@"

if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    unset POSTGRES_PASSWORD_FILE
    export POSTGRES_PASSWORD
fi
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres /var/lib/postgresql
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}
    secret=$(mktemp)
    printf '%s\n' "${POSTGRES_PASSWORD:?must be set, or POSTGRES_PASSWORD_FILE}" >"$secret"
    # shellcheck disable=SC2086 # several options in one variable
    initdb --pgdata="$PGDATA" --username="$user" --pwfile="$secret" \
        --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
    rm "$secret"
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    # Without TCP, so that nobody takes the first start for the real one.
    pg_ctl --wait --options="-c listen_addresses='' -c unix_socket_directories=/tmp" start
    if [ "$database" != postgres ]; then
        psql --host=/tmp --username="$user" --dbname=postgres --set=ON_ERROR_STOP=1 --set=name="$database" <<'SQL'
create database :"name";
SQL
    fi
    pg_ctl --wait --mode=fast stop
fi
unset POSTGRES_PASSWORD
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/tmp
