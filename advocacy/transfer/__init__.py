"""Rows in and out by the thousand: the same columns both ways, and all rows or none."""

from advocacy.transfer.columns import (
    FORMATS,
    KINDS,
    as_text,
    columns_of,
    demand,
    guess_format,
    is_of_the_record,
    key_of,
    permissions,
)
from advocacy.transfer.describing import described, example, kind_of, rows_before, template
from advocacy.transfer.incoming import Fate, What, import_rows
from advocacy.transfer.kept import keep, kept_file
from advocacy.transfer.outgoing import export_rows, refusals_csv
