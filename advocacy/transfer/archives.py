"""Encrypted archives: a stream of files, packed (tar, gzip) and encrypted to public keys (age).

`age --decrypt --identity KEY FILE | tar xz` opens one without this program.
"""

import io
import os
import secrets
import tarfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, NamedTuple, cast

import pyrage

SUMS = "SHA256SUMS"
PUBLIC, SECRET = "age1", "AGE-SECRET-KEY-1"
BLOCK = 64 * 1024


class ArchiveError(Exception):
    """Why an archive cannot be written or read, as a sentence."""


class Member(NamedTuple):
    """One file of an archive."""

    name: str
    content: bytes


def recipients(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """The public keys that an archive is encrypted to."""
    found = []
    for key in keys:
        if key.upper().startswith(SECRET):
            raise ArchiveError(
                "A secret key was given where a public one is needed: it begins with age1."
            )
        try:
            found.append(pyrage.x25519.Recipient.from_str(key))
        except pyrage.RecipientError:
            raise ArchiveError(
                f"“{key}” is no public key of age: copy it whole, it begins with {PUBLIC}."
            ) from None
    return found


def identities(path: Path) -> list[pyrage.x25519.Identity]:
    """The secret keys in a file, as `backup --new-key` and `age-keygen` write it."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise ArchiveError(f"The key file {path} cannot be read: {reason(error)}.") from error
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise ArchiveError(f"{path} holds no secret key of age: a line that begins with {SECRET}.")
    return found


def new_identity(path: Path) -> str:
    """Write a new secret key into a file that only its owner reads; gives the public key."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"# public key: {public}\n{identity}\n")
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {reason(error)}.") from error
    return public


def reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


class _Kept(io.BytesIO):
    """What the packer has written since it was last asked."""

    def take(self) -> bytes:
        taken = self.getvalue()
        self.seek(0)
        self.truncate()
        return taken


def _packed(members: Iterable[Member]) -> Iterator[bytes]:
    """The archive in pieces, not encrypted; its last file holds the checksums of the others."""
    kept, sums = _Kept(), []
    with tarfile.open(fileobj=kept, mode="w|gz") as tar:
        for name, content in members:
            _add(tar, name, content)
            sums.append(f"{sha256(content).hexdigest()}  {name}\n")
            yield kept.take()
        _add(tar, SUMS, "".join(sums).encode())
    yield kept.take()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


class _Pieces:
    """Pieces as a file to read from. What goes wrong in making them is kept: age changes it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest, self.at = pieces, b"", 0
        self.error: Exception | None = None

    def read(self, size: int) -> bytes:
        while self.at == len(self.rest):
            try:
                self.rest, self.at = next(self.pieces), 0
            except StopIteration:
                return b""
            except Exception as error:
                self.error = error
                raise
        start, self.at = self.at, min(self.at + size, len(self.rest))
        return self.rest[start : self.at]


class _Summed:
    """A file to write to, whose checksum is made on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sum = file, sha256()
        self.error: Exception | None = None

    def write(self, piece: bytes) -> int:
        self.sum.update(piece)
        try:
            return self.file.write(piece)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


def write(path: Path, members: Iterable[Member], keys: Sequence[str]) -> str:
    """Write an archive whole or not at all, with its checksum beside it; gives the checksum."""
    to = recipients(keys)
    if path.exists():
        raise ArchiveError(f"{path} is there already: nothing is written over it.")
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    source = _Pieces(_packed(members))
    target = None
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            target = _Summed(file)
            pyrage.encrypt_io(source, target, to)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        _write_sum(path, target.sum.hexdigest())
        _reach_the_disk(path.parent)
    except (OSError, pyrage.EncryptError) as error:
        if source.error:
            raise source.error from None
        cause = (target and target.error) or error
        raise ArchiveError(f"{path} cannot be written: {reason(cause)}.") from error
    finally:
        partial.unlink(missing_ok=True)
    return target.sum.hexdigest()


def sum_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _write_sum(path: Path, digest: str) -> None:
    """As `sha256sum --check` reads it."""
    with os.fdopen(
        os.open(sum_file(path), os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w"
    ) as file:
        file.write(f"{digest}  {path.name}\n")
        file.flush()
        os.fsync(file.fileno())


def _reach_the_disk(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def check_sum(path: Path) -> None:
    """Refuse an archive that is not the one of which the checksum beside it was made."""
    try:
        noted = sum_file(path).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(1024 * 1024):
            digest.update(piece)
    if noted[:1] != [digest.hexdigest()]:
        raise ArchiveError(
            f"{path} is damaged or not whole: its checksum is not the one in {sum_file(path).name}."
        )


class _Decrypting(threading.Thread):
    """Decrypts a file into a pipe, from which it is read as it comes."""

    def __init__(self, path: Path, keys: list[pyrage.x25519.Identity]) -> None:
        super().__init__(daemon=True)
        self.path, self.keys = path, keys
        self.error: Exception | None = None
        number, self.target = os.pipe()
        self.plain = os.fdopen(number, "rb")

    def run(self) -> None:
        try:
            with os.fdopen(self.target, "wb") as target, self.path.open("rb") as file:
                pyrage.decrypt_io(file, target, self.keys)
        except BrokenPipeError:
            pass  # Whoever read has seen enough.
        except Exception as error:
            self.error = error


@contextmanager
def read(path: Path, keys: list[pyrage.x25519.Identity]) -> Iterator[Iterator[Member]]:
    """The files of an archive, one after the other.

    Damage may show only at the end: who acts on what is read first has to read it twice.
    """
    if not path.is_file():
        raise ArchiveError(f"{path}: there is no such file.")
    decrypting = _Decrypting(path, keys)
    decrypting.start()
    try:
        yield _members(path, decrypting)
    finally:
        with suppress(OSError):
            decrypting.plain.close()
        decrypting.join()


def _members(path: Path, decrypting: _Decrypting) -> Iterator[Member]:
    sums: dict[str, str] = {}
    noted: dict[str, str] | None = None
    try:
        with tarfile.open(fileobj=decrypting.plain, mode="r|gz") as tar:
            for entry in tar:
                content = cast(IO[bytes], tar.extractfile(entry)).read() if entry.isfile() else b""
                if entry.name == SUMS:
                    lines = content.decode().splitlines()
                    noted = {name: digest for digest, name in (x.split("  ", 1) for x in lines)}
                    continue
                sums[entry.name] = sha256(content).hexdigest()
                yield Member(entry.name, content)
        while decrypting.plain.read(BLOCK):
            pass
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        decrypting.join(1)
        raise ArchiveError(_what_is_wrong(path, decrypting.error or error)) from error
    decrypting.join()
    if decrypting.error or noted != sums:
        raise ArchiveError(_what_is_wrong(path, decrypting.error))


def _what_is_wrong(path: Path, error: Exception | None) -> str:
    if isinstance(error, pyrage.DecryptError) and "matching keys" in str(error):
        return f"This key does not open {path}: give the secret key that belongs to BACKUP_KEYS."
    if isinstance(error, pyrage.DecryptError):
        return f"{path} is no backup: it does not begin as a file encrypted with age does."
    if isinstance(error, OSError) and error.errno:
        return f"{path} cannot be read: {error.strerror}."
    return f"{path} is damaged or not whole: no row of it was taken."
