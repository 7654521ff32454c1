"""What deploy/ hands to systemd."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from advocacy.settings import BACKUP_FOLDER as FOLDER

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
