"""The chain of the record as lines of JSON, from which anybody can work every hash out anew."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import batched
from typing import Any

from advocacy.as_data import key_name, kind_of
from advocacy.bundle.verify import STAFF
from advocacy.models import Link
from advocacy.models.chain import AT_ONCE, kinds
from advocacy.models.digests import SALT_BYTES, Joint, field_digest
from advocacy.models.withheld import model_of

# The row that a link speaks of, where that is not the one it holds: (kind, key).
OF_ANOTHER = {"wording", "translation", "withheld"}


def chain_lines(day: date, up_to: int) -> Iterator[str]:
    """A line for each link, the first `up_to` of them.

    Of a row that is not public, and of what was withheld, the line has the hashes alone.
    """
    found = Link.objects.filter(number__lte=up_to).order_by("number")
    joints = found.values_list(*Joint._fields).iterator(AT_ONCE)
    for some in batched(map(Joint._make, joints), AT_ONCE, strict=False):
        values = _said_by(some)
        spoken_of = {j.number: _row_of(j, values[j.number]) for j in some}
        names = _public_names(day, spoken_of.values())
        for joint in some:
            yield _line(joint, values[joint.number], names.get(spoken_of[joint.number], ""))


def _said_by(joints: Collection[Joint]) -> dict[int, Mapping[str, Any]]:
    """What each link says: {number: values}."""
    said: dict[int, Mapping[str, Any]] = {}
    for kind, model in kinds().items():
        of_kind = [joint for joint in joints if joint.kind == kind]
        found = model.hashed_values_of([joint.key for joint in of_kind]) if of_kind else {}
        said |= {joint.number: found[joint.key] for joint in of_kind}
    return said


def _row_of(joint: Joint, values: Mapping[str, Any]) -> tuple[str, int]:
    if joint.kind in OF_ANOTHER:
        return values["of"], values["row"]
    return {"update": "statusupdate"}.get(joint.kind, joint.kind), joint.key


def _public_names(day: date, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What files call these rows, those that are public: {(kind, key): entries/nk-02}."""
    keys: dict[str, set[int]] = {}
    for of, key in wanted:
        keys.setdefault(of, set()).add(key)
    names = {}
    for of, some in keys.items():
        # What is no kind of its own belongs to pages, which all may read.
        kind = kind_of(of)
        public = kind.public(day).order_by() if kind else model_of(of)._base_manager.all()
        name = key_name(kind.model) if kind else "pk"
        for key, said in public.filter(pk__in=some).values_list("pk", name):
            names[of, key] = f"{kind.name if kind else of}/{said}"
    return names


def _line(joint: Joint, values: Mapping[str, Any], name: str) -> str:
    digits, width = bytes(joint.salts).hex(), 2 * SALT_BYTES
    fields: dict[str, Any] = {}
    for place, (field, value) in enumerate(values.items()):
        salt = digits[place * width : (place + 1) * width]
        if field in joint.withheld:
            fields[field] = joint.withheld[field]
        elif name and field not in STAFF:
            fields[field] = [value, salt]
        else:
            fields[field] = field_digest(field, value, salt)
    return json.dumps(
        {
            "number": joint.number,
            "kind": joint.kind,
            "key": joint.key,
            **({"row": name} if name else {}),
            "previous": joint.previous,
            "fields": fields,
            "digest": joint.digest,
        },
        ensure_ascii=False,
    )
