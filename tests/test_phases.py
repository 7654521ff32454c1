"""A phase looks the same wherever a reader meets it: page, admin and picture of a shared link."""

import re
from itertools import combinations
from pathlib import Path

import pytest

from advocacy.models.vocabulary import Phase
from advocacy.public.share import drawing, marks

ROOT = Path(__file__).parent.parent
SITE, ADMIN = (ROOT / "static" / "css" / name for name in ("site.css", "admin.css"))
PAPERS = ["paper", "paper-raised", "paper-sunk"]
# What WCAG AA asks of text.
ENOUGH = 4.5


def tokens():
    """{name: (colour on light paper, colour on dark paper)}."""
    found = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\);", SITE.read_text())
    return {name: colours for name, *colours in found}


def of_phases(path, declaration):
    rule = rf'\[data-phase="(\w+)"\] \{{ {declaration}: ([^;]+); \}}'
    return dict(re.findall(rule, path.read_text()))


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("phase", Phase.values)
def test_the_word_of_a_phase_can_be_read_on_every_paper(phase):
    colours = tokens()
    for paper in PAPERS:
        for ground, colour in zip(colours[paper], colours[phase.replace("_", "-")], strict=True):
            assert contrast(colour, ground) >= ENOUGH, (paper, colour)


@pytest.mark.parametrize("phase", Phase.values)
def test_a_phase_has_one_colour_on_pages_in_the_admin_and_in_pictures(phase):
    name = phase.replace("_", "-")
    light, dark = tokens()[name]

    assert of_phases(SITE, "--phase")[phase] == f"var(--{name})"
    assert of_phases(ADMIN, "border-inline-start-color")[phase] == f"light-dark({light}, {dark})"
    assert drawing.tokens()[phase].light == light


def test_pages_and_pictures_have_a_symbol_for_each_phase_and_for_no_other():
    page = (ROOT / "templates" / "includes" / "_marks.html").read_text()

    assert set(re.findall(r'id="mark-(\w+)"', page)) - {"site"} == set(Phase.values)
    assert set(marks.MARKS) == set(Phase)


def test_a_phase_has_a_sign_of_its_own_where_no_svg_is_drawn():
    signs = of_phases(SITE, "--sign")

    assert set(signs) == set(Phase.values)
    assert len(set(signs.values())) == len(Phase)


def test_phases_are_told_apart_in_a_picture_without_their_colour():
    drawn = {phase: marks.mark(phase, "#000000", "#ffffff", 46).tobytes() for phase in Phase}

    for one, other in combinations(Phase, 2):
        assert drawn[one] != drawn[other], (one, other)
