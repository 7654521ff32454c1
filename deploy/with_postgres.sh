#!/bin/sh
# Runs a command with DATABASE_URL set to a PostgreSQL: with_postgres.sh COMMAND…
# Without one in the environment it makes a throw-away server, and removes it afterwards.
set -eu

case "${DATABASE_URL:-}" in postgres*) exec "$@" ;; esac

programs=$(sh deploy/postgres_programs.sh) || {
    echo "PostgreSQL's server is not installed, and DATABASE_URL names none." >&2
    exit 1
}

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then user=postgres; else user=$(id -un); fi
as_user() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid="$user" --regid="$user" --init-groups "$@")
    else
        "$@"
    fi
}

# In /tmp, as the path of a socket must be short; only a socket, so no port can be taken.
folder=$(mktemp -d /tmp/answerable-pg.XXXXXX)
stop() {
    as_user "$programs/pg_ctl" stop --silent --mode=immediate --pgdata="$folder/data" >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

[ "$(id -u)" != 0 ] || chown "$user" "$folder"
as_user "$programs/initdb" --pgdata="$folder/data" --username="$user" --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder.log" 2>&1 || { cat "$folder.log" >&2; rm -f "$folder.log"; exit 1; }
rm -f "$folder.log"
# Nothing here outlives the run, so nothing has to reach the disk.
as_user "$programs/pg_ctl" start --silent --wait --pgdata="$folder/data" --log="$folder/log" \
    --options="-k $folder -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off" ||
    { cat "$folder/log" >&2; exit 1; }

DATABASE_URL="postgres://$user@$(echo "$folder" | sed 's,/,%2F,g')/postgres"
export DATABASE_URL
echo "Testing on $("$programs/postgres" --version), made for this run."
"$@"
