"""The folder of a record, as far as the settings need it: its key and its languages.

No model is loaded yet where this is read. Whatever is wrong ends the start with one sentence.
"""

import json
import re
from pathlib import Path
from typing import Any

from advocacy.languages import is_known, own_name

SITE = "site.json"
# Translations of the record, a catalogue for each language.
TRANSLATIONS = "translations"
# Catalogues of the program's own sentences: in further languages, or in words of one's own.
LOCALE = "locale"
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ENGLISH = {"languages": ["en"], "default_language": "en"}


def site_of(folder: Path) -> dict[str, Any]:
    """What site.json says, or nothing where the folder has none."""
    path = folder / SITE
    try:
        site = json.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise refusal(path, f"it cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise refusal(path, f"it is not JSON: {error}") from None
    if not isinstance(site, dict):
        raise refusal(path, "it must be one object: {…}")
    return site


def languages_of(folder: Path) -> tuple[list[tuple[str, str]], str]:
    """The languages of a record as (code, its own name), and the one it is read in unless told.

    A record that names none is in English.
    """
    path, site = folder / SITE, site_of(folder)
    if not site.keys() & ENGLISH.keys():
        site = ENGLISH
    for name in ENGLISH:
        if name not in site:
            raise refusal(path, f"{name} is missing")
    codes, default = site["languages"], site["default_language"]
    if not isinstance(codes, list) or not codes or not all(isinstance(c, str) for c in codes):
        raise refusal(path, 'languages must be a list of at least one code, such as ["en", "fr"]')
    if len(set(codes)) < len(codes):
        raise refusal(path, "languages names one of them twice")
    if unknown := next((code for code in codes if not is_known(code)), None):
        raise refusal(
            path, f"languages: “{unknown}” is no code of a language, such as en, fr or pt-br"
        )
    if default not in codes:
        raise refusal(path, f"default_language must be one of {', '.join(codes)}")
    return [(code, own_name(code)) for code in codes], default


def record_key(folder: Path) -> str:
    """What tells this record from every other, wherever its folder lies: “record” of site.json.

    A folder that does not say it is known by its name.
    """
    key = site_of(folder).get("record", "")
    if not key:
        return folder.resolve().name
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise refusal(folder / SITE, "record must be small letters, digits and hyphens")
    return key


def catalogues_of(folder: Path) -> list[Path]:
    """The translations of the record, by language."""
    return sorted((folder / TRANSLATIONS).glob("*.po"))


def files_in(folder: Path) -> list[Path]:
    """All that lies in the folder, but for what is hidden."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(p for p in found if not any(n[0] == "." for n in p.relative_to(folder).parts))


def refusal(path: Path, why: str) -> SystemExit:
    return SystemExit(f"{path}: {why}.")
