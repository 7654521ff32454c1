#!/bin/sh
# Prints the folder with the programs of a PostgreSQL server; fails where there is none.
# Debian keeps them off the PATH, in a folder for each version; the newest one is taken.
for folder in \
    "$(pg_config --bindir 2>/dev/null)" \
    $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) \
    "$(dirname "$(command -v initdb 2>/dev/null)" 2>/dev/null)"; do
    # All three, as a client package or another program may own one of the names.
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then
        echo "$folder"
        exit 0
    fi
done
exit 1
