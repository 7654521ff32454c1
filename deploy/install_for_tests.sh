#!/bin/sh
# Installs with apt what the tests can use: install_for_tests.sh [chromium] [firefox] [webkit] [gettext] [postgresql] [faketime] [nginx] [wrk] [checker]
# Says what is missing where it cannot; the tests then report what they skip, and why.
set -eu

have_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}
have_firefox() {
    command -v firefox-esr || command -v firefox
}
have_webkit() {
    command -v WebKitWebDriver && command -v Xvfb
}
have_fonts() {
    # The screenshots need Korean and Cyrillic letters.
    ls -d /usr/share/fonts/opentype/noto /usr/share/fonts/truetype/noto || ! command -v apt-get
}
have_nginx() {
    # Debian keeps it where only root looks.
    command -v nginx || ls /usr/sbin/nginx
}
have_postgresql() {
    case "${DATABASE_URL:-}" in postgres*) return 0 ;; esac
    sh deploy/postgres_programs.sh
}

packages=
for need in "$@"; do
    case $need in
        chromium)
            have_chromium >/dev/null 2>&1 || packages="$packages chromium"
            have_fonts >/dev/null 2>&1 || packages="$packages fonts-noto-core fonts-noto-cjk"
            ;;
        firefox) have_firefox >/dev/null 2>&1 || packages="$packages firefox-esr" ;;
        webkit) have_webkit >/dev/null 2>&1 || packages="$packages webkit2gtk-driver xvfb" ;;
        gettext) command -v msgmerge >/dev/null || packages="$packages gettext" ;;
        debootstrap) command -v debootstrap >/dev/null || packages="$packages debootstrap" ;;
        faketime) ls /usr/lib/*/faketime >/dev/null 2>&1 || packages="$packages libfaketime" ;;
        nginx) have_nginx >/dev/null 2>&1 || packages="$packages nginx-light" ;;
        wrk) command -v wrk >/dev/null || packages="$packages wrk" ;;
        checker)
            command -v java >/dev/null || packages="$packages default-jre-headless"
            command -v npm >/dev/null || packages="$packages npm"
            ;;
        postgresql) have_postgresql >/dev/null 2>&1 || packages="$packages postgresql" ;;
    esac
done
# The checker itself is a package of npm, pinned by its hash.
install_checker() {
    case " $* " in *" checker "*) ;; *) return 0 ;; esac
    [ ! -e .tools/checker/node_modules/vnu-jar/build/dist/vnu.jar ] || return 0
    command -v npm >/dev/null || { echo "The HTML checker is not installed, as npm is missing." >&2; return 0; }
    echo "Installing the HTML checker into .tools…"
    mkdir -p .tools/checker
    cp deploy/checker/package.json deploy/checker/package-lock.json .tools/checker/
    npm ci --prefix .tools/checker --ignore-scripts --no-audit --no-fund --silent >&2 ||
        echo "npm could not install the HTML checker." >&2
}
if [ -z "$packages" ]; then
    install_checker "$@"
    exit 0
fi

if [ "$(id -u)" = 0 ]; then root=; else root="sudo -n"; fi
if ! command -v apt-get >/dev/null || ! $root true 2>/dev/null; then
    echo "Not installed, as apt-get or the right to use it is missing:$packages" >&2
    install_checker "$@"
    exit 0
fi
echo "Installing$packages with apt-get…"
export DEBIAN_FRONTEND=noninteractive
apt="$root apt-get -qq -o Dpkg::Use-Pty=0"
log=$(mktemp)
if ! { $apt update && $apt install --yes --no-install-recommends $packages; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "apt-get could not install$packages." >&2
fi
rm -f "$log"
install_checker "$@"
