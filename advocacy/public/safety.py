"""What a page offers in place of letters, where writing them is dangerous."""

from advocacy.models import Doors, Pack

# A record that has a pack of this name leads to it from there.
SAFETY_PACK = "relatives-and-witnesses"


def letters_or_safety(doors: Doors) -> dict[str, Doors | Pack | None]:
    """What the templates of letters need: the offices, and what to read where there are none."""
    packs = Pack.objects.in_short().filter(slug=SAFETY_PACK)
    return {"doors": doors, "safety_pack": packs.first() if doors.are_dangerous else None}
