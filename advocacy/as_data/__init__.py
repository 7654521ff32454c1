"""The public record as data: which rows there are, and what each says. JSON and CSV of it."""

from advocacy.as_data.envelope import Envelope, envelope, record_data
from advocacy.as_data.kinds import KINDS, Kind, key_name, kind_of
from advocacy.as_data.rows import (
    API,
    Asked,
    batches_of,
    columns_as_data,
    columns_of_kind,
    data_by_key,
    fields_of,
    rows_as_data,
)
