"""What deploy/ hands to systemd."""

import importlib
import os
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from advocacy.settings import BACKUP_FOLDER as FOLDER
from advocacy.web.bodies import MOST_OF_STAFF
from advocacy.web.static_files import StaticFiles
from tests.test_docs import settings_read

ROOT = Path(__file__).parent.parent
UNITS = ["answerable-web.service", "answerable-worker.service"]
TIMED = ["answerable-backup", "answerable-health"]
ALL = [*UNITS, *(f"{name}.service" for name in TIMED)]


def unit(name):
    return (ROOT / "deploy" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_restarted_however_often_it_ends_and_holds_no_rights(name):
    lines = unit(name).splitlines()

    assert {"Restart=always", "RestartSec=5", "StartLimitIntervalSec=0"} <= set(lines)
    assert {"User=answerable", "NoNewPrivileges=true", "CapabilityBoundingSet="} <= set(lines)
    assert {"UMask=0077", "ProtectSystem=strict", "SystemCallFilter=@system-service"} <= set(lines)
    # Only the first process hears of the end, and tells its own.
    assert "KillMode=mixed" in lines


@pytest.mark.parametrize("name", TIMED)
def test_what_a_timer_starts_holds_no_rights_either(name):
    lines = set(unit(f"{name}.service").splitlines())

    assert {"Type=oneshot", "User=answerable", "CapabilityBoundingSet=", "UMask=0077"} <= lines
    assert {"ProtectSystem=strict", "SystemCallFilter=@system-service"} <= lines
    assert "WantedBy=timers.target" in unit(f"{name}.timer").splitlines()


def test_a_backup_is_made_every_night_into_the_folder_that_the_settings_name():
    command = re.search(r"^ExecStart=\S+ manage.py (.*)$", unit("answerable-backup.service"), re.M)
    assert command[1] == "backup --keep"
    assert f"ReadWritePaths=/srv/answerable/var {FOLDER}" in unit("answerable-backup.service")
    timer = unit("answerable-backup.timer").splitlines()
    assert {"OnCalendar=*-*-* 03:30:00", "Persistent=true"} <= set(timer)


def test_the_two_units_differ_in_what_they_run():
    commands = [re.search(r"^ExecStart=\S+ manage.py (.*)$", unit(n), re.M)[1] for n in UNITS]

    assert commands == ["start --no-worker", "worker"]


@pytest.mark.programs
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("name", [*ALL, *(f"{name}.timer" for name in TIMED)])
def test_systemd_reads_every_line_of_a_unit(name, tmp_path):
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    path = tmp_path / name
    path.write_text(unit(name).replace("/srv/answerable", str(tmp_path)))
    if path.suffix == ".timer":
        path.with_suffix(".service").write_text("[Service]\nExecStart=/bin/true\n")

    checked = subprocess.run(
        ["systemd-analyze", "verify", path], capture_output=True, text=True, check=False
    )

    assert [line for line in checked.stderr.splitlines() if str(tmp_path) in line] == []


@pytest.mark.programs
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("name", ALL)
def test_systemd_finds_little_that_a_unit_may_do(name):
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=30", ROOT / "deploy" / name],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


# The page of a server, which `make proof ARGS=install` runs in an empty Debian


@pytest.fixture
def proof(monkeypatch):
    """The program that runs the page."""
    monkeypatch.syspath_prepend(ROOT / "deploy")
    return importlib.import_module("prove_install")


def page():
    return (ROOT / "deploy/README.md").read_text(encoding="utf-8")


def test_every_block_of_the_page_is_run_or_says_why_it_is_not(proof):
    blocks = proof.blocks_of(page())

    assert {block.name: block.problem for block in blocks if block.problem} == {}
    # None is overlooked, and most are run as they stand.
    assert len(blocks) == len(re.findall(r"^```", page(), re.M)) / 2
    assert sum(block.is_run for block in blocks) >= 14
    # Whatever is done in the place of a block is wanted by one.
    assert {block.instead for block in blocks if block.instead} == set(proof.STAND_INS)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("```\nmake\n```\n", "it is no shell"),
        ("<!-- not run: -->\n\n```sh\nmake\n```\n", "its comment says “not run:”"),
        ("<!-- instead luck: no time -->\n\n```sh\nmake\n```\n", "nothing is called “luck”"),
        ("<!-- perhaps: later -->\n\n```sh\nmake\n```\n", "its comment says “perhaps: later”"),
    ],
)
def test_a_block_that_is_neither_run_nor_marked_is_refused(proof, written, problem):
    (block,) = proof.blocks_of(f"# Install\n\n{written}")

    assert block.name == "Install, block 1"
    assert problem in block.problem


def test_the_page_the_units_and_nginx_name_the_same(proof):
    nginx = unit("nginx.conf")

    assert re.search(r"^SITE=(\S+)", page(), re.M)[1] == proof.SITE
    assert set(re.findall(r"server_name (.*);", nginx)) == {proof.SITE}
    assert f"ssl_certificate /etc/letsencrypt/live/{proof.SITE}/fullchain.pem;" in nginx
    assert "--webroot-path /var/www/html" in page()
    assert "root /var/www/html;" in nginx
    home = re.search(r"adduser .*--home (\S+) answerable", page())[1]
    for name in ALL:
        lines = set(unit(name).splitlines())
        assert {"EnvironmentFile=/etc/answerable.env", "WorkingDirectory=/srv/answerable"} <= lines
        # A Python that was fetched lies in the home, and ProtectHome hides these.
        assert "ProtectHome=true" in lines
        assert not home.startswith(("/home", "/root", "/run/user"))


def test_nginx_passes_on_what_the_program_relies_on():
    lines = {line.strip() for line in unit("nginx.conf").splitlines()}

    assert {
        "server 127.0.0.1:8000;",
        "proxy_set_header Host $http_host;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_request_buffering on;",
        f"client_max_body_size {MOST_OF_STAFF // 1024**2}m;",
        "http2 on;",
    } <= lines
    # No log of readers, over HTTP neither.
    assert unit("nginx.conf").count("access_log off;") == 2


def test_each_line_of_the_settings_is_one_that_the_program_reads():
    written = re.search(r"<<END\n(.*?)^END$", page(), re.M | re.S)[1]
    lines = re.findall(r"^(\w+)='[^'\\]+'$", written, re.M)

    assert len(lines) == len(written.splitlines())
    assert set(lines) <= settings_read()
    assert {"SECRET_KEY", "ADDRESS_KEYS", "MAIL_URL", "BACKUP_KEYS", "TRUST_PROXY"} <= set(lines)


def found_nginx():
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@pytest.mark.programs
@pytest.mark.skipif(not found_nginx(), reason="nginx is not installed")
def test_nginx_reads_every_line_of_its_file(tmp_path):
    text = unit("nginx.conf")
    said = subprocess.run([found_nginx(), "-v"], capture_output=True, text=True, check=True)
    if tuple(map(int, re.findall(r"\d+", said.stderr)[:2])) < (1, 25):
        # What the page tells readers of Debian 12.
        assert "`listen 443 ssl http2;`" in page()
        text = text.replace("    http2 on;\n", "").replace("443 ssl;", "443 ssl http2;")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    (tmp_path / "site").write_text(
        re.sub(r"/etc/letsencrypt/live/[^/]+", str(tmp_path), text).replace(
            "/var/log/nginx", str(tmp_path)
        )
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ include {tmp_path}/site; }}"
    )

    command = [found_nginx(), "-t", "-p", tmp_path, "-e", tmp_path / "log"]
    read = subprocess.run(
        [*command, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )

    assert read.returncode == 0, read.stderr
    assert "warn" not in read.stderr


def test_what_is_collected_is_read_by_the_program_alone(tmp_path):
    before = os.umask(0o077)
    try:
        name = StaticFiles(location=tmp_path).save("folder/site.css", BytesIO(b"a {}"))
    finally:
        os.umask(before)

    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / name).parent.stat().st_mode & 0o777 == 0o700
