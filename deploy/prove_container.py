#!/usr/bin/env python3
"""Does what Containerfile and compose.yaml say, step by step, without a container engine.

    python deploy/prove_container.py                # as root, on a Debian with debootstrap
    python deploy/prove_container.py --base FOLDER  # with a root of `debootstrap --variant=minbase`

The image that the Containerfile begins with, debian:trixie-slim, is Debian's own minimal root:
here debootstrap makes it. Its RUN, COPY, ENV, WORKDIR, USER, ENTRYPOINT and CMD are carried out as
they stand; then the services are run as compose.yaml says, each with a root that cannot be written
to, its user, its files of secrets, and no rights. Database and proxy are Debian's PostgreSQL and
Caddy. Ends with 1 where a step fails, and names it; the end says what was not run.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from bare_root import PROGRAM, SUITE, Failed, Root, mirror, wait_for
from prove_install import step

HERE = PROGRAM / "deploy"
HOST = "localhost"
SECRETS = "deploy/secrets"
SETTINGS = {
    "ALLOWED_HOSTS": HOST,
    "SITE_URL": f"https://{HOST}",
    "CONTENT_DIR": "/srv/record",
    # It takes minutes, and is proved elsewhere.
    "RECORD_ZIP": "0",
    "LINK_CHECKS": "0",
    "KEEP_EVIDENCE": "0",
}
# Said to the engine; compose.yaml has health checks of its own, which are run.
SAID_ONLY = {"EXPOSE", "HEALTHCHECK"}
# Debian's Caddy is 2.6.2, which calls this by its older name.
OLDER_NAMES = {"request_buffers 50MB": "buffer_requests"}
NOT_RUN = [
    "The images debian:trixie-slim, postgres:17 and caddy:2: this is Debian's own minimal root, its"
    " PostgreSQL and its Caddy, as nothing is fetched from a registry of images.",
    "A container engine: namespaces, read-only roots, volumes and files of secrets are made here as"
    " it makes them; that it reads compose.yaml as we do, networks between services, `init` and"
    " restarts were not seen.",
    "A certificate of Let's Encrypt: Caddy signed one for localhost itself.",
]


def instructions(text):
    """[(name, words)] of a Containerfile; lines that go on are joined."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def sent(name):
    """Whether .dockerignore lets a name of the folder into the build."""
    lines = (PROGRAM / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return f"!{name}" in lines


class Machine(Root):
    """The machine that the containers run on: an empty Debian with PostgreSQL and Caddy."""

    def make(self, base):
        super().make(base, HOST, "")
        self.write("/etc/hosts", "127.0.0.1 localhost web database\n")

    def take_program(self, _source):
        """The program comes in the image."""

    @property
    def settings_of_network(self):
        """How pip reaches PyPI from here; its indexes on this disk are not in the root."""
        lines = (self.folder / "etc/environment").read_text().splitlines()
        found = dict(line.split("=", 1) for line in lines)
        return {name: value for name, value in found.items() if "file:" not in value}

    def prepare(self):
        self.run("apt-get update", network=True)
        packages = "adduser caddy curl postgresql wget"
        self.run(f"apt-get install --yes --no-install-recommends {packages}", network=True)
        self.run("pg_ctlcluster $(pg_lsclusters --no-header | cut -d' ' -f1,2) start")
        return self.run("pg_lsclusters --no-header | cut -d' ' -f1; caddy version").split()[0]


class Stage:
    """One FROM of the Containerfile: a root in the machine, and what was said of it."""

    def __init__(self, machine, name, pristine):
        self.machine, self.name = machine, name
        self.place = f"/stages/{name}"
        self.folder = machine.folder / f"stages/{name}"
        self.variables = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.workdir, self.user, self.entrypoint, self.command = "/", "root", [], []
        self.folder.parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", pristine, self.folder], check=True)
        for kind in ("dev", "proc"):
            machine.run(f"mount --rbind /{kind} {self.place}/{kind}")

    def carry_out(self, name, words, stages):
        if name == "RUN":
            self.run(words)
        elif name == "COPY":
            self.copy(words, stages)
        elif name == "ENV":
            self.variables |= dict(pair.split("=", 1) for pair in shlex.split(words))
        elif name == "WORKDIR":
            self.enter_folder(words)
        elif name == "USER":
            self.user = words
        elif name == "ENTRYPOINT":
            self.entrypoint = json.loads(words)
        elif name == "CMD":
            self.command = json.loads(words)
        elif name not in SAID_ONLY:
            raise Failed(f"{name} is not known here")

    def enter_folder(self, words):
        self.workdir = words
        (self.folder / words.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def copy(self, words, stages):
        *what, where = shlex.split(words)
        source = PROGRAM
        if what[0].startswith("--from="):
            source = stages[what.pop(0).removeprefix("--from=")].folder
        target = self.folder / os.path.join(self.workdir, where).lstrip("/")
        for name in what:
            path = source / name.lstrip("/")
            if source == PROGRAM and not sent(name):
                raise Failed(f".dockerignore keeps {name} out of the build")
            if path.is_dir():
                # What was made here is not sent, as .dockerignore says.
                left_out = ["__pycache__", "*.mo"] if source == PROGRAM else []
                ignore = shutil.ignore_patterns(*left_out)
                shutil.copytree(path, target, symlinks=True, ignore=ignore, dirs_exist_ok=True)
            else:
                shutil.copy(path, target / path.name if where.endswith("/") else target)

    def run(self, words):
        self.machine.tell(self.machine.enter(*self.inside("sh", "-c", words), network=True))

    def inside(self, *command):
        """The command that runs this one in the stage, as root and with the network."""
        fetched = self.machine.settings_of_network
        variables = [f"{name}={value}" for name, value in (fetched | self.variables).items()]
        line = f'cd {self.workdir} && exec "$@"'
        return [
            *["chroot", self.place, "env", "-i", *variables],
            *["sh", "-c", line, "sh", *command],
        ]


def build(machine, pristine):
    """Carry out the Containerfile; gives its last stage."""
    stages, stage = {}, None
    text = (HERE / "Containerfile").read_text(encoding="utf-8")
    for name, words in instructions(text):
        if name == "FROM":
            base, _, alias = words.partition(" AS ")
            if base != f"debian:{SUITE}-slim":
                raise SystemExit(f"Nothing here stands for the image {base}.")
            stage = Stage(machine, alias or "image", pristine)
            stages[alias or "image"] = stage
        else:
            step(f"{name} {words}"[:90], stage.carry_out, name, words, stages)
    return stage


class Container:
    """A service of compose.yaml as an engine runs it: read-only, of its user, without rights."""

    def __init__(self, image, name, service, secrets, volume="var"):
        self.image, self.name, self.service = image, name, service
        self.machine, self.secrets, self.volume = image.machine, secrets, f"/volumes/{volume}"
        self.variables = image.variables | SETTINGS | service["environment"]
        self.process = None

    def open(self):
        """Its root: that of the image, with its volume, its /tmp and its secrets."""
        (where,) = self.service["volumes"]
        target = where.split(":")[1]
        lines = [
            f"root=/containers/{self.name}; mkdir -p $root {self.volume}",
            # What the image has there is what a new volume begins with.
            f'[ -n "$(ls -A {self.volume})" ] || cp -a {self.image.place}{target}/. {self.volume}',
            f"chown --reference={self.image.place}{target} {self.volume}",
            f"chmod --reference={self.image.place}{target} {self.volume}",
            f"mkdir -p {self.image.place}/run/secrets",
            f"mount --rbind {self.image.place} $root",
            f"mount --bind {self.volume} $root{target}",
            "mount --bind /etc/hosts $root/etc/hosts",
        ]
        for folder in self.service["tmpfs"]:
            lines.append(f"mount -t tmpfs tmpfs $root{folder}")
        lines.append("mount -t tmpfs tmpfs $root/run/secrets")
        for name in self.service["secrets"]:
            lines.append(f"touch $root/run/secrets/{name}")
            lines.append(f"mount --bind {self.secrets}/{name} $root/run/secrets/{name}")
        if self.service["read_only"]:
            lines += ["mount -o remount,bind,ro $root", "mount -o remount,bind,ro $root/etc/hosts"]
        self.machine.run("\n".join(lines))

    def enter(self, *command, note="", **variables):
        """The command that runs this one in the container."""
        named = self.variables | {"HOME": "/var/lib/answerable"} | variables
        told = [f"{name}={value}" for name, value in named.items()]
        # Its own id, as an engine takes it from the image.
        ids = f"$(stat -c %u {self.image.place}/var/lib/answerable)"
        rights = "--no-new-privs --bounding-set=-all --inh-caps=-all --clear-groups"
        words = (
            f"exec chroot /containers/{self.name} setpriv --reuid={ids} --regid={ids} {rights}"
            f" env -i {shlex.join(told)} sh -c 'cd {self.image.workdir} && exec \"$@\"' sh"
            f" {shlex.join(command)}"
        )
        return self.machine.enter("sh", "-c", f"{note}{words}")

    def start(self, **variables):
        command = [*self.image.entrypoint, *self.service["command"]]
        note = f"echo $$ >/run/{self.name}.pid; "
        with self.machine.log.open("a") as log:
            self.process = subprocess.Popen(
                self.enter(*command, note=note, **variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def tell(self, *command, **variables):
        return self.machine.tell(self.enter(*command, **variables))

    def is_healthy(self, **variables):
        try:
            self.tell(*self.service["healthcheck"]["test"][1:], **variables)
        except Failed:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended with {self.process.returncode}") from None
            return False
        return True

    def wait_until_healthy(self, seconds=900):
        began = time.monotonic()
        wait_for(self.is_healthy, f"{self.name} is not healthy after {seconds} s", seconds)
        return f"healthy after {time.monotonic() - began:.0f} s"

    def stop(self):
        seconds = int(self.service["stop_grace_period"].rstrip("s"))
        began = time.monotonic()
        self.machine.run(f"kill -TERM $(cat /run/{self.name}.pid)")
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name} did not stop within {seconds} s") from None
        if code:
            raise Failed(f"{self.name} ended with {code}")
        return f"after {time.monotonic() - began:.1f} s"


# What is done with them.


def make_record(image):
    folder = SETTINGS["CONTENT_DIR"]
    image.run(f"SECRET_KEY=none ADDRESS_KEYS=none python manage.py new_record {folder}")
    return folder


def make_secrets(machine):
    """As docs/containers.md says, in the folder of the machine."""
    machine.write("/srv/deploy/make_secrets.sh", (HERE / "make_secrets.sh").read_text())
    machine.run("sh /srv/deploy/make_secrets.sh folder:")
    before = machine.run("sha256sum /srv/deploy/secrets/*")
    machine.run("sh /srv/deploy/make_secrets.sh folder:")
    if machine.run("sha256sum /srv/deploy/secrets/*") != before:
        raise Failed("A second run made other secrets.")
    machine.run("""
        password=$(cat /srv/deploy/secrets/postgres_password)
        echo "CREATE ROLE answerable LOGIN PASSWORD '$password'" | runuser -u postgres -- psql -q
        runuser -u postgres -- createdb --owner=answerable answerable""")
    return machine.run("stat -c '%a' /srv/deploy/secrets").strip()


def start_two(containers):
    """Two at once on an empty database: one migrates, the other waits."""
    first, second = containers
    first.start()
    second.start(PORT="8001")
    said = first.wait_until_healthy()
    wait_for(lambda: answers(second, 8001), "the second is not healthy", 900)
    second.stop()
    return said


def answers(container, port):
    try:
        container.machine.run(f"curl --fail --silent --output /dev/null http://web:{port}/healthz")
    except Failed:
        return False
    return True


def refuses_to_be_written_to(container):
    for place in ("/srv/answerable/x", "/etc/x", "/x", "/run/secrets/secret_key"):
        try:
            container.tell("sh", "-c", f"echo x >{place}")
        except Failed:
            continue
        raise Failed(f"{place} could be written to")
    who = container.tell("sh", "-c", "id -u; grep CapBnd /proc/self/status; touch /tmp/x")
    if "CapBnd:\t0000000000000000" not in who:
        raise Failed(f"It has rights: {who}")
    return f"user {who.split()[0]}, no rights, /tmp and its volume alone"


def make_backup(container):
    folder = container.variables["BACKUP_FOLDER"]
    container.tell("mkdir", "-p", folder)
    said = container.tell("python", "manage.py", "backup", "--new-key", f"{folder}/key")
    key = re.search(r"age1\w+", said)[0]
    said = container.tell("python", "manage.py", "backup", "--keep", BACKUP_KEYS=key)
    return re.search(r"answerable-\w+\.tar\.gz\.age", said)[0]


def serve(machine):
    """Debian's Caddy with our file, in front."""
    text = (HERE / "Caddyfile").read_text(encoding="utf-8")
    for name, older in OLDER_NAMES.items():
        text = text.replace(name, older)
    machine.write("/etc/caddy/Caddyfile", text)
    machine.run(f"""
        export SITE_NAME={HOST} HOME=/root
        caddy validate --config /etc/caddy/Caddyfile
        caddy start --config /etc/caddy/Caddyfile >/run/caddy.log 2>&1
        for _try in $(seq 30); do
            curl --silent --insecure --output /dev/null https://{HOST}/healthz && break; sleep 1
        done""")
    health = yaml.safe_load((HERE / "compose.yaml").read_text())["services"]["proxy"]["healthcheck"]
    machine.run(shlex.join(health["test"][1:]))
    page = machine.run(f"curl --fail --silent --insecure --max-time 60 https://{HOST}/en/")
    if "<h1" not in page:
        raise Failed("The first page is none.")
    code = "curl --silent --insecure --output /dev/null --write-out '%{http_code}'"
    # A visitor who says to come by HTTP, from elsewhere, is not believed.
    lie = "--header 'X-Forwarded-Proto: http' --header 'X-Forwarded-For: 192.0.2.1'"
    codes = machine.run(f"""
        {code} http://{HOST}/en/; echo
        {code} {lie} https://{HOST}/en/; echo
        {code} https://{HOST}/readyz""").split()
    if codes != ["308", "200", "200"]:
        raise Failed(
            f"by HTTP, by HTTPS and /readyz: {codes}\n" + machine.run("cat /run/caddy.log")
        )
    return "the first page by HTTPS, /readyz 200"


def prove(machine, base, folder):
    step("A minimal Debian 13", machine.make, base)
    pristine = folder / "pristine"
    subprocess.run(["cp", "-a", base, pristine], check=True)
    for name in ("etc/resolv.conf", "etc/apt/apt.conf.d/00machine", "etc/ssl/machine.crt"):
        if (machine.folder / name).exists():
            (pristine / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(machine.folder / name, pristine / name)
    step("Database and proxy", machine.prepare)
    image = build(machine, pristine)
    services = yaml.safe_load((HERE / "compose.yaml").read_text(encoding="utf-8"))["services"]
    step("Secrets", make_secrets, machine)
    secrets = "/srv/" + SECRETS
    step("A record of one's own, mounted into both", make_record, image)
    web = Container(image, "web", services["web"], secrets)
    other = Container(image, "other", services["web"], secrets, volume="other")
    worker = Container(image, "worker", services["worker"], secrets)
    for container in (web, other, worker):
        step(f"The root of {container.name}", container.open)
    step("Two of web at once, on an empty database", start_two, [web, other])
    step("What web may do", refuses_to_be_written_to, web)
    step("worker", worker.start)
    step("worker is healthy", worker.wait_until_healthy)
    step("The proxy", serve, machine)
    step("A backup", make_backup, worker)
    step("web stops", web.stop)
    step("web starts again", web.start)
    step("web is healthy", web.wait_until_healthy)
    step("worker stops", worker.stop)
    step("web stops again", web.stop)
    print("\nNot run:")
    for sentence in NOT_RUN:
        print(f"- {sentence}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path, help="a minimal root that debootstrap made")
    parser.add_argument("--log", type=Path, help="keep here all that was printed")
    chosen = parser.parse_args()
    if os.getuid() != 0:
        sys.exit("Only root can make a root: run this as root.")
    # So that nothing is left of it where somebody ends it.
    signal.signal(signal.SIGTERM, lambda *_given: sys.exit("Ended."))
    with tempfile.TemporaryDirectory(prefix="answerable-container-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "machine").mkdir(mode=0o755)
        log = (chosen.log or folder / "log").absolute()
        machine = Machine(folder / "machine", log, "PATH")
        base = chosen.base or folder / "base"
        try:
            if not chosen.base:
                minimal = ["debootstrap", "--variant=minbase", SUITE, str(base), mirror()]
                step("debootstrap", machine.tell, minimal)
            prove(machine, base, folder)
        finally:
            machine.close()


if __name__ == "__main__":
    main()
