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
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bare_root import Failed, Root

HERE = Path(__file__).resolve().parent
PAGE = HERE / "README.md"
SITE = "answerable.example.org"
UNIT_FOLDER = "/etc/systemd/system"
SERVICES = ["answerable-web", "answerable-worker"]
TIMED = ["answerable-backup", "answerable-health"]
# Of 10; what systemd calls more than a little is above.
MOST_EXPOSED = 3.0
FETCHES = re.compile(r"apt-get|git clone|make .*install")
MARK = re.compile(r"(not run|instead|then|typed)(?: (\w+))?: (.+)")
BLOCK = re.compile(
    r"^(?P<heading>#+ [^\n]*)$"
    r"|(?:^<!-- (?P<mark>[^\n]*) -->\n\n)?^```(?P<language>\w*)\n(?P<words>.*?)^```$",
    re.M | re.S,
)


class Block:
    """One block of the page: where it stands, what its comment says, its lines."""

    def __init__(self, name, language, mark, words):
        self.name, self.language, self.mark, self.words = name, language, mark, words
        said = MARK.fullmatch(mark or "")
        self.kind, self.instead, self.why = said.groups() if said else ("run", None, "")

    @property
    def is_run(self):
        return self.kind in {"run", "then", "typed"}

    @property
    def typed(self):
        return self.why.split(" | ") if self.kind == "typed" else []

    @property
    def problem(self):
        """Why this block can neither be run nor be left out, or ""."""
        if self.mark and self.kind == "run":
            return f"its comment says “{self.mark}”"
        if self.is_run and self.language != "sh":
            return "it is no shell, and no comment says why it is not run"
        if (self.kind in {"instead", "then"} or self.instead) and self.instead not in STAND_INS:
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
        most = f"--threshold={MOST_EXPOSED * 10:.0f}"
        judge = ["systemd-analyze", "security", "--offline=yes", most]
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
            f" exec setpriv --reuid={user} --regid={user} --init-groups --no-new-privs"
            " --bounding-set=-all env -i PATH=$PATH"
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
    root.run(f"install -d -m 700 ~/own && cd ~/own\n{words}")
    return "made by Debian's age"


def own_names(root, units, words):
    root.run("cd\nBACKUP_KEY=$(age-keygen -y ~/own/answerable.key)")
    return "the key of backups is the one that was made"


def postgresql(root, units, words):
    root.run("pg_ctlcluster $(pg_lsclusters --no-header | cut -d' ' -f1,2) start >/dev/null 2>&1")
    return root.run("pg_lsclusters --no-header").strip()


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
    command = shlex.join([f"https://{SITE}", typed[0], typed[-1]])
    return root.run(f"python3 ~/prove_sign_in.py {command}").strip().splitlines()[-1]


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
    root.run(f"cp ~/own/answerable.key ~/answerable.key\n{words}")
    return "copied"


STAND_INS = {
    stand_in.__name__: stand_in
    for stand_in in (
        own_machine,
        own_names,
        postgresql,
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


def what_it_takes(root):
    """Of disk, and of memory while it runs; what processes share counts once (PSS)."""
    disk = root.run("du -sxm / --exclude=/srv/source | cut -f1").strip()
    summed = '{ sum += $2 } END { printf "%d", sum / 1024 }'
    memory = root.run(f"cat /proc/[0-9]*/smaps_rollup 2>/dev/null | awk '/^Pss:/ {summed}' || true")
    return f"{disk} MB of disk with Debian, {memory.strip()} MB of memory with PostgreSQL and nginx"


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
    source = re.search(r"^SOURCE=(\S+)", read_page(), re.M)[1]
    step("An empty Debian 13", root.make, base, SITE, source)
    for block in blocks:
        step(block.name, run_block, root, units, block)
    step("The settings", settings_read_alike, root)
    step("Rights", permissions, root)
    step("What it takes", what_it_takes, root)
    step("The end", units.stop)
    print("\nNot run as it stands:")
    for block in blocks:
        if not block.is_run:
            print(f"- {block.name}: {block.why}\n    " + block.words.strip().splitlines()[0])
    ran = sum(block.is_run for block in blocks)
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
        names = sorted(set(re.findall(r"^(\w+)=", read_page(), re.M)))
        root = Root(folder, chosen.log or Path(made) / "log", " ".join(names))
        Path(made).chmod(0o755)
        try:
            prove(root, chosen.base)
        finally:
            root.close()


if __name__ == "__main__":
    main()
