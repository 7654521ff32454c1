"""How much the embeds of the whole dossier weigh, each with its style, in every language."""

import re

import pytest

from advocacy.models import RecommendedAction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

A_LOT = 15_000


# Korean takes most bytes.
@pytest.mark.parametrize(
    "language",
    [*(pytest.param(code, marks=pytest.mark.thorough) for code in ("en", "uk")), "ko"],
)
def test_with_its_style_every_embed_of_the_dossier_is_small(client, language):
    addresses = ["/embed/silence/"]
    for kind in ("issues", "bodies"):
        slugs = re.findall(rf'href="/en/{kind}/([\w-]+)/"', client.get(f"/en/{kind}/").text)
        addresses += [f"/embed/{kind}/{slug}/" for slug in set(slugs)]
        addresses += [f"/embed/silence/{kind}/{slug}/" for slug in set(slugs)]
    addresses += [f"/embed/actions/{ask.slug}/" for ask in RecommendedAction.objects.published()]
    sheet = re.search(r'href="(/embed/look/[^"]+)"', client.get("/embed/silence/").text)[1]
    style = len(client.get(sheet).content)
    sizes = {
        address: style + len(client.get(address, {"lang": language, "via": "nkdb"}).content)
        for address in addresses
    }

    assert len(sizes) > 40
    assert {address: size for address, size in sizes.items() if size > A_LOT} == {}
