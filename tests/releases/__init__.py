"""The databases of each version that was tagged: a folder for each, made by `make_dump.py`."""

from pathlib import Path

RELEASES = Path(__file__).parent
#: The files of such a folder: two databases, the key of their addresses, sums of the migrations.
SQLITE, POSTGRESQL = "sqlite3.gz", "postgresql.sql.gz"
KEYS, MIGRATIONS = "address_keys", "migrations.sha256"
#: Of each version that is kept.
FOLDERS = sorted(path.parent for path in RELEASES.glob(f"*/{MIGRATIONS}"))
