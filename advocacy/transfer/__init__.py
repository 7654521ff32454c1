"""Rows in and out by the thousand: the same columns both ways, and all rows or none."""

from advocacy.transfer.columns import (
    FORMATS,
    KINDS,
    choices_of,
    columns_of,
    demand,
    guess_format,
    is_needed,
    permissions,
)
from advocacy.transfer.incoming import Fate, What, import_rows
from advocacy.transfer.kept import keep, kept_file
from advocacy.transfer.outgoing import export_rows, refusals_csv
