"""`bin/answerable`: every command with the settings of the server, and upgrades that can fail."""

import os
import shutil
import subprocess
import time

import pytest

from tests.running import ROOT

pytestmark = pytest.mark.programs

# Stands in for Python, make and systemctl: it writes down how it was called, in which version,
# and fails where a file of the test says so.
CALLED = """#!/bin/sh
name=$(basename "$0")
[ "$name" != python ] || shift
echo "$name $* [$(cat VERSION)]" >>"$CALLS"
[ "$1 $2" != "worker --alive" ] || [ -z "$IDLE" ] || exit 1
while [ -e "$HOLD" ]; do sleep 0.1; done
if [ -e "$FAILS" ] && echo "$name $*" | grep -qf "$FAILS"; then
    [ ! -e "$ONCE" ] || rm "$FAILS"
    exit 1
fi
"""


class Server:
    """A checkout on a server, and the place that its new versions come from."""

    def __init__(self, folder):
        self.folder = folder
        self.origin, self.here = folder / "origin", folder / "here"
        self.calls, self.fails, self.once = folder / "calls", folder / "fails", folder / "once"
        self.hold = folder / "hold"
        self.settings = folder / "settings"
        self.settings.write_text("SITE_URL=https://example.org\n")
        self.origin.mkdir()
        self.git(self.origin, "init", "--quiet", "--initial-branch=main")
        (self.origin / "bin").mkdir()
        shutil.copy(ROOT / "bin" / "answerable", self.origin / "bin")
        (self.origin / ".gitignore").write_text("/.venv\n/var\n")
        self.publish("one")
        self.git(folder, "clone", "--quiet", str(self.origin), str(self.here))
        programs = folder / "programs"
        for path in [self.here / ".venv/bin/python", programs / "make", programs / "systemctl"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(CALLED)
            path.chmod(0o755)
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "ANSWERABLE_ENV": str(self.settings),
            "CALLS": str(self.calls),
            "FAILS": str(self.fails),
            "ONCE": str(self.once),
            "HOLD": str(self.hold),
            "IDLE": "1",
        }

    def git(self, folder, *arguments):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
        ).stdout.strip()

    def publish(self, version):
        (self.origin / "VERSION").write_text(f"{version}\n")
        self.git(self.origin, "add", "--all")
        self.git(self.origin, "commit", "--quiet", "--message", version)
        self.git(self.origin, "tag", version)

    def start(self, *arguments, **variables):
        return subprocess.Popen(
            [self.here / "bin/answerable", *arguments],
            env=self.environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **variables):
        """(exit code, what was printed, what was said of failures)."""
        process = self.start(*arguments, **variables)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def called(self):
        """What ran, in which version, but for questions."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [line for line in lines if "systemctl cat" not in line]

    @property
    def version(self):
        return (self.here / "VERSION").read_text().strip()


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path)


def manage(command, version):
    return f"python {command} [{version}]"


INSTALL = "make --no-print-directory --directory {} install [{}]"
UNITS = "answerable-web answerable-worker"


def test_an_upgrade_backs_up_stops_installs_migrates_and_starts(server):
    server.publish("two")

    code, out, err = server.run("upgrade")

    assert (code, err) == (0, "")
    assert server.called() == [
        manage("backup --keep", "one"),
        f"systemctl stop {UNITS} [one]",
        INSTALL.format(server.here, "two"),
        manage("check", "two"),
        manage("migrate_locked", "two"),
        f"systemctl start {UNITS} [two]",
        manage("health --wait 180", "two"),
        manage("migrate_locked --forget", "two"),
    ]
    assert out == "Upgraded from one to two.\n"
    assert server.git(server.here, "symbolic-ref", "--short", "HEAD") == "main"

    server.calls.unlink()
    assert server.run("upgrade")[1] == "This is the newest version already: two.\n"
    assert server.called() == []


@pytest.mark.parametrize(
    "step",
    [
        "make",
        "python check",
        "python migrate_locked$",
        "python health --wait",
    ],
)
def test_whatever_fails_the_site_is_as_it_was(server, step):
    server.publish("two")
    server.fails.write_text(f"^{step}\n")
    server.once.touch()

    code, out, err = server.run("upgrade")

    assert (code, out) == (1, "")
    assert "The upgrade failed: going back to one." in err
    assert "The site is as it was before." in err
    assert server.version == "one"
    assert server.git(server.here, "status", "--porcelain") == ""
    undone = manage("migrate_locked --undo", "two")
    assert (undone in server.called()) is (
        step in {"python migrate_locked$", "python health --wait"}
    )
    assert server.called()[-3:] == [
        INSTALL.format(server.here, "one"),
        f"systemctl start {UNITS} [one]",
        manage("health --wait 180", "one"),
    ]


def test_what_cannot_be_taken_back_is_said(server):
    server.publish("two")
    server.fails.write_text("^python migrate_locked\n")

    code, _out, err = server.run("upgrade")

    assert code == 1
    assert "Not all could be taken back: see above, and docs/operations.md." in err
    assert server.version == "one"


def test_without_a_backup_nothing_is_stopped_unless_that_is_wanted(server):
    server.publish("two")
    server.fails.write_text("^python backup\n")

    code, _out, err = server.run("upgrade")
    assert (code, server.version) == (1, "one")
    assert "Without a backup nothing is upgraded" in err
    assert server.called() == [manage("backup --keep", "one")]

    assert server.run("upgrade", "--without-backup")[0] == 0
    assert server.version == "two"


def test_two_at_once_do_no_harm(server):
    server.publish("two")
    server.hold.touch()
    first = server.start("upgrade")
    while not server.called():
        time.sleep(0.05)

    code, _out, err = server.run("upgrade")

    assert (code, err) == (1, "Another upgrade is under way: nothing was done.\n")
    server.hold.unlink()
    out, _err = first.communicate(timeout=60)
    assert out == "Upgraded from one to two.\n"
    assert [call for call in server.called() if "migrate_locked [" in call] == [
        manage("migrate_locked", "two")
    ]


def test_an_upgrade_that_is_broken_off_goes_back(server):
    server.publish("two")
    server.fails.write_text("nothing\n")
    process = server.start("upgrade")
    while not any("stop" in call for call in server.called()):
        time.sleep(0.01)
    server.hold.touch()
    time.sleep(0.3)
    process.terminate()
    server.hold.unlink()

    _out, err = process.communicate(timeout=60)

    if process.returncode:
        assert "The site is as it was before." in err
        assert server.version == "one"
    else:
        pytest.fail("It was done before it could be broken off.")


def test_a_version_by_its_name_and_none_that_is_older(server):
    server.publish("two")
    server.publish("three")
    assert server.run("upgrade", "two")[:2] == (0, "Upgraded from one to two.\n")

    code, _out, err = server.run("upgrade", "one")
    assert (code, server.version) == (1, "two")
    assert "one does not continue two: a database cannot be taken to an older version." in err

    code, _out, err = server.run("upgrade", "nine")
    assert (code, err) == (1, "There is no version “nine”: nothing was done.\n")


def test_a_program_that_was_changed_on_the_server_is_left_alone(server):
    server.publish("two")
    (server.here / "VERSION").write_text("mine\n")

    code, _out, err = server.run("upgrade")

    assert code == 1
    assert "Files of the program were changed here" in err
    assert server.called() == []
    assert server.version == "mine"


def test_a_site_that_is_no_service_is_not_changed_under_its_feet(server):
    server.publish("two")
    (server.folder / "programs" / "systemctl").write_text("#!/bin/sh\nexit 1\n")

    code, _out, err = server.run("upgrade", IDLE="")
    assert (code, server.version) == (1, "one")
    assert "stop it first" in err

    code, out, _err = server.run("upgrade")
    assert (code, server.version) == (0, "two")
    assert "Start the site again" in out


# The settings


def settings_read(server, text):
    server.settings.write_text(text)
    show = server.here / ".venv/bin/python"
    show.write_text('#!/bin/sh\nshift\nprintf "%s|" "$A" "$B" "$C" "$D"\n')
    return server.run("anything")


def test_the_file_is_read_as_systemd_reads_it(server):
    text = """# a comment
A=a long text of your own
B='{"TOKEN": "x"}'

; another
C = no
"""
    code, _out, err = settings_read(server, text)
    assert (code, err) == (1, f"{server.settings}, line 6: this is not NAME=value.\n")

    text = text.replace("C = no", 'C="Ours <us@example.org> $HOME `id`"  \nD={"TOKEN": "x"}')
    assert settings_read(server, text) == (
        0,
        'a long text of your own|{"TOKEN": "x"}|Ours <us@example.org> $HOME `id`|{"TOKEN": "x"}|',
        "",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A=one\\", "write it without a backslash"),
        ("A='one", "a quotation mark is missing at the end"),
        ("rm -rf /", "this is not NAME=value"),
        ("1A=x", "this is not NAME=value"),
    ],
)
def test_a_line_that_would_be_read_in_two_ways_is_named(server, line, said):
    code, _out, err = settings_read(server, f"B=fine\n{line}\n")

    assert code == 1
    assert err.startswith(f"{server.settings}, line 2: {said}")


def test_a_file_that_is_not_there_is_named(server):
    code, _out, err = server.run("check", ANSWERABLE_ENV="/nowhere/answerable.env")

    assert (code, err) == (1, "There is no file /nowhere/answerable.env (ANSWERABLE_ENV).\n")


def test_a_command_gets_its_arguments_as_they_were_given(server):
    assert server.run("mailings", "--watch", "two words")[0] == 0
    assert server.called() == [manage("mailings --watch two words", "one")]
    assert "bin/answerable upgrade [VERSION]" in server.run()[1]
