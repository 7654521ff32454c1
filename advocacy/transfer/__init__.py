"""Rows in and out by the thousand: the same columns both ways, and all rows or none."""

from advocacy.transfer.columns import FORMATS, KINDS, columns_of, demand, guess_format, is_needed
from advocacy.transfer.incoming import Fate, What, import_rows
from advocacy.transfer.outgoing import export_rows
