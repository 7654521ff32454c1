#!/bin/sh
# Makes the secrets of the containers in deploy/secrets, once: what is there already stays.
# sh deploy/make_secrets.sh 'smtp://user:password@mail.example.org:587'
set -eu
cd "$(dirname "$0")"

[ -e secrets/mail_url ] || [ $# = 1 ] || {
    echo "Usage: sh deploy/make_secrets.sh MAIL_URL (README.md says what it looks like)" >&2
    exit 2
}

# Nobody else on this machine enters the folder. The files are read in the containers, by their users.
umask 022
mkdir -p secrets
chmod 700 secrets

# A file is there whole or not at all.
make() {
    [ ! -e "secrets/$1" ] || return 0
    printf '%s\n' "$2" >"secrets/.$1"
    mv "secrets/.$1" "secrets/$1"
    echo "Made deploy/secrets/$1"
}
random() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

make secret_key "$(random)"
make address_keys "$(random)"
make postgres_password "$(random)"
make database_url "postgres://answerable:$(cat secrets/postgres_password)@database/answerable"
make mail_url "${1:-}"
