"""What deploy/ hands to systemd and to a container engine."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from advocacy.models import Worker
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


def composed():
    """The file as a container engine reads it."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))


def test_the_containers_are_watched_and_restarted():
    services = composed()["services"]

    assert set(services) == {"web", "worker", "database"}
    for service in services.values():
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
    assert services["web"]["image"] == services["worker"]["image"]
    assert services["web"]["command"][1:] == ["manage.py", "start", "--no-worker"]
    assert services["worker"]["command"][1:] == ["manage.py", "worker"]
    assert services["worker"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    # Reached by the web server in front alone.
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in services["database"]


def test_a_container_runs_as_nobody_in_particular_and_writes_to_its_volume_alone():
    compose = composed()
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")

    assert re.findall(r"^(?:USER|FROM) (.*)$", dockerfile, re.M) == [
        "python:3.13-slim",
        "answerable",
    ]
    for name in ("web", "worker"):
        service = compose["services"][name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["volumes"] == ["var:/var/lib/answerable"]
        assert service["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}
    copied = re.findall(r"^COPY (\S+)", dockerfile, re.M)
    assert [path for path in copied if not (ROOT / path).exists()] == []
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert set(copied) == set(re.findall(r"^!(.*)$", kept, re.M))


@pytest.mark.django_db
def test_a_container_asks_whether_a_worker_lives():
    with pytest.raises(CommandError, match="No worker was seen in the last half minute"):
        call_command("worker", alive=True)

    Worker.objects.beat("one")

    call_command("worker", alive=True)
