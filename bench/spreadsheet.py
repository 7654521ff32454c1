"""Whether LibreOffice opens the CSV files of record.zip as their readers would."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parent.parent
# What the dossier holds in each script.
WORDS = {"Korean": "한국어", "Ukrainian": "українськ"}


def main(folder):
    """Each table, opened and written again by LibreOffice, has the cells that it had."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        print("    skipped: LibreOffice is not installed")
        return True
    tables = unpacked(folder)
    read_again = folder / "read"
    command = [office, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    # 44: commas, 34: quotation marks, 76: UTF-8, from the first line. Somebody who opens the file
    # gets these proposed, as it begins with a byte-order mark; without a window nobody is asked.
    command += ["--infilter=CSV:44,34,76,1,,0,false,true"]
    command += ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir"]
    subprocess.run(
        [*command, str(read_again), *map(str, tables)],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=600,
    )
    tables_read = {table.name: (cells(table), cells(read_again / table.name)) for table in tables}
    wrong = [name for name, (written, read) in tables_read.items() if written != read]
    number = sum(len(row) for written, _read in tables_read.values() for row in written)
    print(f"    {len(tables)} tables, {number:,} cells; others in {', '.join(wrong) or 'none'}")
    return not wrong


def unpacked(folder):
    """The tables of the dossier, with some words of each script in a row of its own."""
    variables = {
        "ADDRESS_KEYS": "proof",
        "HTTPS": "0",
        "SECRET_KEY": "proof",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
    }
    (folder / "var").mkdir()
    for task in (
        ["migrate"],
        ["load_content"],
        ["compile_messages"],
        ["collectstatic", "--no-input"],
    ):
        manage(variables, *task)
    manage(variables, "make_record_zip")
    (file,) = (folder / "var" / "record").glob("*.zip")
    with ZipFile(file) as zipped:
        zipped.extractall(folder / "copy")
    tables = sorted((folder / "copy" / "csv").glob("*.csv"))
    with (folder / "copy" / "csv" / "topics.csv").open("a", encoding="utf-8", newline="") as table:
        for name, text in WORDS.items():
            csv.writer(table).writerow([name.lower(), text, f"{text}, “{text}”", 9])
    return tables


def manage(variables, *arguments):
    command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=True)


def cells(table):
    """All cells of all rows, numbers and days as well, as Python reads them."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        return [[cell.replace("\r\n", "\n") for cell in row] for row in csv.reader(file)]
