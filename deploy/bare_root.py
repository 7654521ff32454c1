"""An empty Debian in a folder, for `prove_install.py`: made by debootstrap, entered by chroot."""

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import time
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent
SUITE = "trixie"
# How this machine reaches Debian and PyPI: a setting of pip's, or a variable.
OF_PIP = re.compile(r"^[^=]*\.(index-url|proxy|cert|trusted-host|default-timeout)='(.*)'$", re.M)
OF_NETWORK = re.compile(r"PIP_(?!FIND)|UV_|SSL_CERT_FILE$|(?i:https?_proxy|no_proxy)$")
OF_APT = re.compile(r"^Acquire::(?:https?|Check-|Retries).*$", re.M)
# With namespaces of its own it reaches nothing but itself, and nothing of it is left at the end.
SPACES = ["--mount", "--pid", "--uts", "--ipc"]
OPEN = """
    for name in dev sys; do mount --rbind /$name $0/$name; done
    mount -t proc proc $0/proc && mount -t tmpfs tmpfs $0/run && mkdir $0/run/lock
    ip link set lo up && touch $0/run/open && exec sleep infinity"""


class Failed(Exception):
    """What went wrong, in a sentence, and what was printed."""


class Root:
    """An empty Debian; its names are those of the variables that one block leaves to the next."""

    def __init__(self, folder, log, names):
        self.folder, self.log, self.names = folder, log, names
        self.holder = None

    def make(self, base, site, source):
        if base:
            subprocess.run(["cp", "-a", f"{base}/.", self.folder], check=True)
        else:
            self.tell(["debootstrap", SUITE, str(self.folder), mirror()])
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        self.write("/etc/hosts", f"127.0.0.1 localhost {site}\n::1 localhost\n")
        shutil.copy("/etc/resolv.conf", self.folder / "etc/resolv.conf")
        self.write("/etc/apt/apt.conf.d/00machine", settings_of_apt())
        self.write("/etc/environment", self.settings_of_pip())
        self.take_program(source)
        self.open()

    def settings_of_pip(self):
        """For /etc/environment, which whoever signs in gets."""
        command = ["pip", "config", "list"]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        found = {
            f"PIP_{name.upper().replace('-', '_')}": value
            for name, value in OF_PIP.findall(listed.stdout)
        }
        found |= {name: value for name, value in os.environ.items() if OF_NETWORK.match(name)}
        for name, value in found.items():
            if Path(value).is_absolute() and Path(value).is_file():
                self.write("/etc/ssl/machine.crt", Path(value).read_text())
                found[name] = "/etc/ssl/machine.crt"
        return "".join(f"{name}={value}\n" for name, value in found.items())

    def take_program(self, source):
        """This folder as it is now, in a repository that stands for the one of the page."""
        where = self.folder / "srv/source"
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.check_output(listed, cwd=PROGRAM, text=True).split("\0"):
            if name and (PROGRAM / name).exists():
                (where / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(PROGRAM / name, where / name)
        git = ["git", "-C", str(where), "-c", "user.name=A", "-c", "user.email=a@example.org"]
        for words in ("init --quiet", "add --all", "commit --quiet --message proof"):
            subprocess.run([*git, *words.split()], check=True)
        led = f'[url "file:///srv/source"]\n\tinsteadOf = {source}\n'
        self.write("/etc/gitconfig", f"{led}[safe]\n\tdirectory = /srv/source/.git\n")

    def open(self):
        command = ["unshare", *SPACES, "--net", "--fork", "--kill-child"]
        command += ["--propagation", "private", "sh", "-ec", OPEN, str(self.folder)]
        self.holder = subprocess.Popen(command)
        children = Path(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children")
        found = wait_for(lambda: children.read_text().split(), "No namespaces are made here.")
        self.first = found[0]
        ready = f"/proc/{self.first}/root{self.folder}/run/open"
        wait_for(lambda: os.path.exists(ready), "Nothing can be mounted here.")

    def close(self):
        if self.holder:
            self.holder.kill()
            self.holder.wait()

    def write(self, path, text, mode=0o644):
        target = self.folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        target.chmod(mode)

    def enter(self, *command, network=False):
        """The command that runs this one in the root."""
        spaces = SPACES if network else [*SPACES, "--net"]
        chroot = ["chroot", str(self.folder), "/usr/bin/env", "-i"]
        told = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb"]
        return ["nsenter", "--target", self.first, *spaces, *chroot, *told, *command]

    def run(self, words, *, network=False, typed=()):
        """Run lines of a shell that goes on where the last ones ended; what they print."""
        script = f"""
            cd /root; umask 022; [ ! -e /run/shell ] || . /run/shell; set -e -o pipefail
{words}
            declare -p {self.names} >/run/new 2>/dev/null || true
            echo "cd $PWD; umask $(umask)" >>/run/new; mv /run/new /run/shell"""
        put = self.enter("sh", "-c", "cat >/run/words")
        subprocess.run(put, input=script, text=True, check=True)
        return self.tell(self.enter("bash", "/run/words", network=network), typed)

    def tell(self, command, typed=()):
        """Run a command, into the log: what it printed, or Failed with the end of that."""
        code, out = with_answers(command, list(typed)) if typed else with_output(command)
        with self.log.open("a") as log:
            log.write(f"$ {shlex.join(command)}\n{out}\n")
        if code:
            raise Failed(f"ended with {code}:\n" + "\n".join(out.splitlines()[-25:]))
        return out


def with_output(command):
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


def with_answers(command, answers):
    """In a terminal: whenever a line waits for an answer, the next one is typed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", "--wait", *command], stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    out, last = "", time.monotonic()
    while time.monotonic() - last < 120:
        if select.select([ours], [], [], 1)[0]:
            try:
                out += os.read(ours, 4096).decode(errors="replace")
            except OSError:
                break  # The other side has closed it: the command ended.
            last = time.monotonic()
        if answers and out.endswith(": "):
            out += "\n"
            os.write(ours, f"{answers.pop(0)}\n".encode())
    else:
        process.kill()
    os.close(ours)
    return process.wait(), out + (f"\nnever asked for: {answers}\n" if answers else "")


def wait_for(look, otherwise, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise Failed(otherwise)


def mirror():
    """Where this machine has its own packages from."""
    listed = ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]
    for site in subprocess.check_output(listed, text=True).split():
        if re.search(r"/debian/?$", site):
            return site
    raise Failed("The sources of apt name no mirror of Debian.")


def settings_of_apt():
    dump = subprocess.check_output(["apt-config", "dump"], text=True)
    return "\n".join(OF_APT.findall(dump)) + "\n"
