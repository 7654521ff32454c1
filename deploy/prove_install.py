#!/usr/bin/env python3
"""Runs every block of deploy/README.md, in its order, in an empty Debian 13.

    python3 deploy/prove_install.py                # as root, on a Debian with debootstrap
    python3 deploy/prove_install.py --base FOLDER  # begins with a root that debootstrap made before

The root gets this folder as its git repository, changes included, and namespaces of its own: once
packages are fetched it reaches nothing but itself, and all that it started ends with this program.
Ends with 1 where a block fails, and names it; the end says what was not run.

A comment before a block says more of it: `not run` (why), `instead NAME` (why; what this program
does in its place), `then NAME` (what it does after it), `typed` (what is typed at its questions).
"""

import argparse
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "README.md"
SUITE = "trixie"
SITE = "answerable.example.org"
UNIT_FOLDER = "/etc/systemd/system"
SERVICES = ["answerable-web", "answerable-worker"]
TIMED = ["answerable-backup", "answerable-health"]
# Of 10; what systemd calls more than a little is above.
MOST_EXPOSED = 3.0
FETCHES = re.compile(r"apt-get|git clone|make .*install")
KINDS = {"run", "not run", "instead", "then", "typed"}
BLOCK = re.compile(
    r"^(?P<heading>#+ [^\n]*)$"
    r"|(?:^<!-- (?P<mark>[^\n]*) -->\n\n)?^```(?P<language>\w*)\n(?P<words>.*?)^```$",
    re.M | re.S,
)
# How this machine reaches Debian and PyPI: a setting of pip's, or a variable.
OF_PIP = re.compile(r"^\S*?\.?(index-url|proxy|cert|trusted-host|default-timeout)='(.*)'$", re.M)
OF_NETWORK = re.compile(r"PIP_(?!FIND)|UV_|SSL_CERT_FILE$|(?i:https?_proxy|no_proxy)$")
OF_APT = re.compile(r"^Acquire::(?:https?|Check-|Retries).*$", re.M)


class Failed(Exception):
    """What went wrong, in a sentence, and what was printed."""


class Block:
    """One block of the page: where it stands, what its comment says, its lines."""

    def __init__(self, name, language, mark, words):
        self.name, self.language, self.words = name, language, words
        kind, _, self.why = (mark or "run").partition(": ")
        kind, _, self.instead = kind.partition(" ") if "not" not in kind else (kind, "", "")
        self.kind = kind

    @property
    def typed(self):
        return self.why.split(" | ") if self.kind == "typed" else []

    @property
    def problem(self):
        """Why this block can neither be run nor be left out, or ""."""
        if self.kind not in KINDS:
            return f"its comment says “{self.kind}”"
        if self.kind == "run" and self.language != "sh":
            return "it is no shell, and no comment says why it is not run"
        if self.kind != "run" and not self.why:
            return "its comment gives no reason"
        if self.kind in {"instead", "then"} and self.instead not in STAND_INS:
            return f"nothing is called “{self.instead}”"
        return ""


def read_page():
    return PAGE.read_text(encoding="utf-8")


def blocks_of(text):
    """Every block of a page, with the number of its section and its own in it."""
    blocks, heading, number = [], "", 0
    for found in BLOCK.finditer(text):
        if found["heading"]:
            heading, number = found["heading"].lstrip("# "), 0
            continue
        number += 1
        name = f"{heading}, block {number}"
        blocks.append(Block(name, found["language"], found["mark"], found["words"]))
    return blocks


class Root:
    """An empty Debian in a folder, and in namespaces that end with this program."""

    def __init__(self, folder, log):
        self.folder, self.log = folder, log
        self.holder = None

    def make(self, base):
        if base:
            subprocess.run(["cp", "-a", f"{base}/.", self.folder], check=True)
        else:
            self.tell(["debootstrap", SUITE, str(self.folder), mirror()])
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        self.write("/etc/hosts", f"127.0.0.1 localhost {SITE}\n::1 localhost\n")
        shutil.copy("/etc/resolv.conf", self.folder / "etc/resolv.conf")
        self.write("/etc/apt/apt.conf.d/00machine", settings_of_apt())
        self.write("/etc/environment", self.settings_of_pip())
        self.take_program()
        self.open()

    def settings_of_pip(self):
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

    def take_program(self):
        """This folder as it is now, in a repository that stands for the one of the page."""
        where = self.folder / "srv/source"
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.check_output(listed, cwd=HERE.parent, text=True).split("\0"):
            if name and (HERE.parent / name).exists():
                (where / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(HERE.parent / name, where / name)
        git = ["git", "-C", str(where), "-c", "user.name=A", "-c", "user.email=a@example.org"]
        for words in ("init --quiet", "add --all", "commit --quiet --message proof"):
            subprocess.run([*git, *words.split()], check=True)
        source = re.search(r"^SOURCE=(\S+)", read_page(), re.M)[1]
        led = f'[url "file:///srv/source"]\n\tinsteadOf = {source}\n'
        self.write("/etc/gitconfig", f"{led}[safe]\n\tdirectory = /srv/source/.git\n")

    def open(self):
        mounts = """
            for name in dev sys; do mount --rbind /$name $0/$name; done
            mount -t proc proc $0/proc && mount -t tmpfs tmpfs $0/run && mkdir $0/run/lock
            ip link set lo up && touch $0/run/open && exec sleep infinity"""
        spaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child"]
        command = ["unshare", *spaces, "--propagation", "private", "sh", "-ec", mounts]
        self.holder = subprocess.Popen([*command, str(self.folder)])
        children = Path(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children")
        self.first = wait_for(lambda: children.read_text().split(), "No namespaces are made here.")[
            0
        ]
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
        spaces = ["--mount", "--pid", "--uts", "--ipc", *([] if network else ["--net"])]
        chroot = ["chroot", str(self.folder), "/usr/bin/env", "-i"]
        told = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb"]
        return ["nsenter", "--target", self.first, *spaces, *chroot, *told, *command]

    def run(self, words, *, network=False, typed=()):
        """Run lines of a shell that goes on where the last ones ended; what they print."""
        names = " ".join(sorted(set(re.findall(r"^(\w+)=", read_page(), re.M))))
        script = f"""
            cd /root; umask 022; [ ! -e /run/shell ] || . /run/shell; set -e -o pipefail
{words}
            {{ declare -p {names} 2>/dev/null || true; echo "cd $PWD; umask $(umask)"; }} >/run/new
            mv /run/new /run/shell"""
        script_in_root = "/run/words.sh"
        subprocess.run(
            self.enter("sh", "-c", f"cat >{script_in_root}"), input=script, text=True, check=True
        )
        return self.tell(self.enter("bash", script_in_root, network=network), typed)

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
            answer = answers.pop(0) + "\n"
            out += "\n"
            os.write(ours, answer.encode())
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


class Units:
    """What systemd would do with the units, as far as that goes without it."""

    def __init__(self, root):
        self.root = root
        self.running = {}

    def settings(self, name):
        text = (self.root.folder / UNIT_FOLDER[1:] / f"{name}.service").read_text()
        return dict(re.findall(r"^(\w+)=(.*)$", text.split("[Service]")[1], re.M))

    def check(self, *names):
        """systemd reads and judges the units; what it says of each."""
        paths = [f"{UNIT_FOLDER}/{name}" for name in names]
        said = self.root.tell(self.root.enter("systemd-analyze", "verify", *paths))
        if mentioned := [line for line in said.splitlines() if "answerable" in line]:
            raise Failed("systemd-analyze verify says:\n" + "\n".join(mentioned))
        levels = []
        judge = [
            "systemd-analyze",
            "security",
            "--offline=yes",
            f"--threshold={MOST_EXPOSED * 10:.0f}",
        ]
        for path in paths:
            if path.endswith(".service"):
                said = self.root.tell(self.root.enter(*judge, path))
                level = re.search(r"exposure level.*?: ([0-9.]+)", said)[1]
                levels.append(f"{Path(path).name} {level}")
        return f"systemd-analyze verify: nothing; security: {', '.join(levels)}"

    def command(self, name):
        unit = self.settings(name)
        user, folder = unit["User"], unit["WorkingDirectory"]
        words = (
            f"echo $$ >/run/{name}.pid; umask {unit['UMask']}; cd {folder};"
            f" exec setpriv --reuid={user} --regid={user} --init-groups --no-new-privs --bounding-set=-all env -i PATH=$PATH"
            f" sh -c 'set -a; . {unit['EnvironmentFile']}; exec {unit['ExecStart']}'"
        )
        return self.root.enter("sh", "-ec", words)

    def start(self, name):
        with self.root.log.open("a") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def stop(self):
        """As KillMode=mixed does: the first process is told, and has the time of the unit."""
        said = []
        for name, process in reversed(self.running.items()):
            seconds = int(self.settings(name)["TimeoutStopSec"])
            began = time.monotonic()
            self.root.tell(self.root.enter("sh", "-ec", f"kill -TERM $(cat /run/{name}.pid)"))
            try:
                code = process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                raise Failed(f"{name} did not stop within {seconds} s") from None
            if code:
                raise Failed(f"{name} ended with {code}")
            said.append(f"{name} in {time.monotonic() - began:.1f} s")
        return "stopped: " + ", ".join(said)


# What is done in the place of a block, or after it.


def own_machine(root, units, words):
    root.run("apt-get update\napt-get install --yes --no-install-recommends age", network=True)
    root.run(f"install -d -m 700 /root/own && cd /root/own\n{words}")
    return "made by Debian's age"


def own_names(root, units, words):
    root.run("cd /root\nBACKUP_KEY=$(age-keygen -y /root/own/answerable.key)")
    return "the key of backups is the one that was made"


def services(root, units, words):
    said = units.check(*(f"{name}.service" for name in SERVICES))
    for name in SERVICES:
        units.start(name)
    return f"{said}; ExecStart of both started as their user"


def certificate(root, units, words):
    root.run(f"""
        folder=/etc/letsencrypt/live/{SITE}; mkdir -p $folder
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \\
            -subj /CN={SITE} -addext subjectAltName=DNS:{SITE} \\
            -keyout $folder/privkey.pem -out $folder/fullchain.pem
        cp $folder/fullchain.pem /usr/local/share/ca-certificates/proof.crt
        update-ca-certificates""")
    return "signed by the root itself, which trusts it"


def nginx(root, units, words):
    root.run("nginx")
    return "started by hand"


def sign_in(root, units, words):
    typed = next(block.typed for block in blocks_of(read_page()) if block.typed)
    shutil.copy(HERE / "prove_sign_in.py", root.folder / "root")
    command = ["/root/prove_sign_in.py", f"https://{SITE}", typed[0], typed[-1]]
    return root.run("python3 " + shlex.join(command)).strip().splitlines()[-1]


def check_mail(root, units, words):
    root.run(f"""
        (umask 027; sed "s,^MAIL_URL=.*,MAIL_URL='folder:'," /etc/answerable.env >/run/mail.env)
        chown root:answerable /run/mail.env
        ANSWERABLE_ENV=/run/mail.env {words.strip()}
        ls var/mail/*""")
    return "the mail lies in a folder"


def timers(root, units, words):
    names = [f"{name}.{kind}" for name in TIMED for kind in ("service", "timer")]
    said = units.check(*names)
    for name in TIMED:
        root.tell(units.command(name))
    return f"{said}; ExecStart of both run once"


def bring_key(root, units, words):
    root.run(f"cp /root/own/answerable.key /root/answerable.key\n{words}")
    return "copied"


STAND_INS = {
    stand_in.__name__: stand_in
    for stand_in in (
        own_machine,
        own_names,
        services,
        certificate,
        nginx,
        sign_in,
        check_mail,
        timers,
        bring_key,
    )
}


def settings_read_alike(root):
    """A shell and bin/answerable read the same; the units were started with a shell's."""
    names = root.run("sed -n 's/=.*//p' /etc/answerable.env").split()
    shown = "import os; print([os.environ[name] for name in '" + " ".join(names) + "'.split()])"
    by_program = root.run(f'cd /srv/answerable; bin/answerable shell --no-imports -c "{shown}"')
    read = "set -a; . /etc/answerable.env; exec python3 -c"
    by_shell = root.run(f'env -i PATH="$PATH" sh -c \'{read} "$0"\' "{shown}"')
    if by_program != by_shell:
        raise Failed("A shell and bin/answerable read /etc/answerable.env differently.")
    return f"{len(names)} settings are the same to a shell and to bin/answerable"


def permissions(root):
    """Nobody else reads what the program wrote."""
    folders = "/srv/answerable/var /var/backups/answerable"
    number = root.run(f"find {folders} | wc -l").strip()
    others = "-type f ! -perm 600 -o -type d ! -perm 700 -o ! -user answerable"
    wrong = root.run(f"find {folders} \\( {others} \\) -ls")
    if wrong.strip():
        raise Failed(f"Others may read or write:\n{wrong}")
    return f"{number} files and folders of var/ and the backups: 0600, 0700, of answerable alone"


def step(name, do, *arguments):
    began = time.monotonic()
    print(f"{name} …", end=" ", flush=True)
    try:
        said = do(*arguments)
    except Failed as failure:
        print("FAILED", flush=True)
        raise SystemExit(f"{name}: {failure}") from None
    print(f"ok, {time.monotonic() - began:.1f} s" + (f" ({said})" if said else ""), flush=True)


def run_block(root, units, block):
    if block.kind == "not run":
        return f"not run: {block.why}"
    if block.kind != "instead":
        root.run(block.words, network=bool(FETCHES.search(block.words)), typed=block.typed)
    if block.instead:
        said = STAND_INS[block.instead](root, units, block.words)
        return f"instead: {said}" if block.kind == "instead" else said
    return ""


def prove(root, base):
    blocks = blocks_of(read_page())
    if problems := [f"{block.name}: {block.problem}" for block in blocks if block.problem]:
        raise SystemExit("\n".join(problems))
    units = Units(root)
    step("An empty Debian 13", root.make, base)
    for block in blocks:
        step(block.name, run_block, root, units, block)
    step("The settings", settings_read_alike, root)
    step("Rights", permissions, root)
    step("The end", units.stop)
    print("\nNot run as it stands:")
    for block in blocks:
        if block.kind in {"not run", "instead"}:
            print(f"- {block.name}: {block.why}\n    " + block.words.strip().splitlines()[0])
    ran = sum(block.kind not in {"not run", "instead"} for block in blocks)
    print(f"\n{ran} of {len(blocks)} blocks were run as they stand, and none failed.")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path, help="a root that debootstrap made, to be copied")
    parser.add_argument("--log", type=Path, help="keep here all that was printed")
    chosen = parser.parse_args()
    missing = [name for name in ("debootstrap", "unshare", "nsenter") if not shutil.which(name)]
    if os.getuid() != 0:
        sys.exit("Only root can make a root: run this as root.")
    if missing and not (chosen.base and missing == ["debootstrap"]):
        sys.exit(f"Not installed: {', '.join(missing)}.")
    with tempfile.TemporaryDirectory(prefix="answerable-root-") as made:
        folder = Path(made) / "root"
        folder.mkdir(mode=0o755)
        root = Root(folder, chosen.log or Path(made) / "log")
        Path(made).chmod(0o755)
        try:
            prove(root, chosen.base)
        finally:
            root.close()


if __name__ == "__main__":
    main()
