"""The columns of files as text, which is Markdown too: for the command line and the docs."""

from collections.abc import Iterable, Iterator

from advocacy import transfer


def column_lists(kinds: Iterable[str]) -> str:
    """What each column of these kinds means and may hold."""
    return "\n".join(line for kind in kinds for line in list_of(kind))


def list_of(kind: str) -> Iterator[str]:
    plural = transfer.KINDS[kind]._meta.verbose_name_plural
    yield f"## {kind}: {plural}\n"
    if before := transfer.rows_before(kind):
        yield f"After: {', '.join(before)}.\n"
    for column in transfer.described(kind):
        needed = ", needed" if column.is_needed else ""
        hint = f" {column.hint}" if column.hint else ""
        otherwise = f"; left out: `{column.otherwise}`" if column.otherwise else ""
        yield f"- `{column.name}`{needed}: {column.meaning}.{hint} *{column.holds}{otherwise}*"
        yield from (f"  - `{value}`: {words}" for value, words in column.values)
    yield ""
