"""What deploy/ hands to a container engine: `make proof ARGS=container` carries it out."""

import importlib
import re
import shutil
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from advocacy.models import Worker
from advocacy.settings import IN_FILES
from tests.running import ROOT, environment

SECRETS = IN_FILES - {"ANYMAIL"} | {"SECRET_KEY", "ADDRESS_KEYS"}


def composed():
    """The file as a container engine reads it."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))


def built():
    """[(instruction, words)] of the Containerfile."""
    text = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
    return re.findall(r"^([A-Z]+) (.*)$", text, re.M)


OURS = ["web", "worker"]


def test_the_containers_are_watched_and_restarted():
    services = composed()["services"]

    assert set(services) == {"web", "worker", "database", "proxy"}
    for service in services.values():
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] == "CMD"
        # A log that nobody bounds fills the disk.
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert services["web"]["image"] == services["worker"]["image"]
    assert ("ENTRYPOINT", '["python", "manage.py"]') in built()
    assert services["web"]["command"] == ["start", "--no-worker"]
    assert services["worker"]["command"] == ["worker"]
    healthy = {"condition": "service_healthy"}
    assert services["web"]["depends_on"] == {"database": healthy}
    assert services["worker"]["depends_on"] == services["proxy"]["depends_on"] == {"web": healthy}


def test_the_proxy_alone_is_reached_from_outside():
    services = composed()["services"]

    assert services["proxy"]["ports"] == ["80:80", "443:443"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    for name in OURS:
        assert services[name]["environment"]["TRUST_PROXY"] == "1"


def test_a_container_runs_as_nobody_in_particular_and_writes_to_its_volume_alone():
    services = composed()["services"]

    for service in services.values():
        assert service["read_only"]
        assert "/tmp" in service["tmpfs"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert services["proxy"]["cap_add"] == ["NET_BIND_SERVICE"]
    for name in OURS:
        service = services[name]
        assert service["cap_drop"] == ["ALL"]
        assert "cap_add" not in service
        assert service["volumes"] == ["var:/var/lib/answerable"]
        assert service["build"] == {"context": "..", "dockerfile": "deploy/Containerfile"}
    assert [words for name, words in built() if name == "USER"] == ["answerable"]
    # What installs is left behind.
    assert [words for name, words in built() if name == "FROM"] == [
        "debian:trixie-slim AS build",
        "debian:trixie-slim",
    ]


def test_the_image_gets_the_program_and_nothing_else():
    copied = {words.split()[0] for name, words in built() if name == "COPY"}

    assert "--from=build" in copied
    copied.remove("--from=build")
    assert [path for path in copied if not (ROOT / path).exists()] == []
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert copied == set(re.findall(r"^!(.*)$", kept, re.M))


def test_the_proof_carries_out_every_line_of_the_containerfile(monkeypatch):
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    monkeypatch.syspath_prepend(ROOT / "deploy")
    proof = importlib.import_module("prove_container")
    lines = proof.instructions((ROOT / "deploy/Containerfile").read_text(encoding="utf-8"))

    assert [name for name, _words in lines] == [name for name, _words in built()]
    # Those that go on over several lines are one.
    installs = [words for name, words in lines if name == "RUN" and "apt-get install" in words]
    assert all(words.startswith("apt-get update && apt-get install") for words in installs)
    assert installs[1].endswith("&& rm -rf /var/lib/apt/lists/*")
    assert proof.sent("manage.py")
    assert not proof.sent("var")
    with pytest.raises(proof.Failed, match="VOLUME is not known here"):
        proof.Stage.carry_out(None, "VOLUME", "/data", {})


def test_secrets_come_as_files_and_stand_in_no_variable():
    compose = composed()
    services, secrets = compose["services"], compose["secrets"]

    for name in OURS:
        variables = services[name]["environment"]
        files = {key: value for key, value in variables.items() if key.endswith("_FILE")}
        assert set(files) == {f"{key}_FILE" for key in SECRETS}
        assert set(files.values()) == {f"/run/secrets/{name}" for name in services[name]["secrets"]}
    database = services["database"]["environment"]
    assert database["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"
    assert {name for service in services.values() for name in service.get("secrets", [])} == set(
        secrets
    )
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    for name, secret in secrets.items():
        assert secret["file"] == f"secrets/{name}"
    assert {"/deploy/secrets/", "/deploy/answerable.env"} <= set(ignored)


@pytest.mark.programs
def test_secrets_are_made_once_and_nobody_else_enters_their_folder(tmp_path):
    script = shutil.copy(ROOT / "deploy/make_secrets.sh", tmp_path)

    def run(*words):
        return subprocess.run(["sh", script, *words], capture_output=True, text=True, check=False)

    refused = run()
    assert refused.returncode == 2
    assert refused.stderr.startswith("Usage: ")
    assert not (tmp_path / "secrets").exists()

    assert run("smtp://mail.example.org").returncode == 0
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(composed()["secrets"])
    assert len(set(made.values())) == len(made)
    password = made["postgres_password"].strip()
    assert len(password) == 64
    assert made["database_url"] == f"postgres://answerable:{password}@database/answerable\n"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700

    again = run("smtp://elsewhere.example.org")
    assert (again.returncode, again.stdout) == (0, "")
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made


@pytest.mark.programs
def test_a_secret_is_read_from_the_file_that_is_named(tmp_path):
    file = tmp_path / "mail_url"
    file.write_text("smtp://user:opensesame@mail.example.org\n")
    words = "from advocacy import settings as s; print(s.MAIL_URL)"

    def read(**variables):
        return subprocess.run(
            [sys.executable, "-c", words],
            cwd=ROOT,
            env=environment(SECRET_KEY="x", MAIL_URL="", **variables),
            capture_output=True,
            text=True,
            check=False,
        )

    assert read(MAIL_URL_FILE=str(file)).stdout == file.read_text()
    missing = read(MAIL_URL_FILE="nowhere/mail_url")
    assert missing.returncode == 1
    assert missing.stderr == (
        "The environment variable MAIL_URL_FILE cannot be used:"
        " No such file or directory: nowhere/mail_url\n"
    )


@pytest.mark.django_db
def test_a_container_asks_whether_a_worker_lives():
    with pytest.raises(CommandError, match="No worker was seen in the last half minute"):
        call_command("worker", alive=True)

    Worker.objects.beat("one")

    call_command("worker", alive=True)
