"""Every public page that the overview leads to, as a visitor of one language finds them."""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

IS_HTML = "text/html"


def pages_of(client, language):
    """{address: response} of all pages, without the lists that filters narrow."""
    pages, waiting = {}, deque([f"/{language}/"])
    while waiting:
        address = waiting.popleft()
        if address in pages:
            continue
        response = client.get(address)
        if not response["Content-Type"].startswith(IS_HTML):
            continue
        pages[address] = response
        waiting += links_of(response, address)
    return pages


def links_of(response, address):
    """The paths in the language of a page that it leads to."""
    language = address.split("/")[1]
    for href in re.findall(r'<a [^>]*href="([^"#]+)', response.text):
        link = urlsplit(urljoin(address, href.replace("&amp;", "&")))
        if link.netloc in ("", "testserver") and link.path.startswith(f"/{language}/"):
            # What filters narrow is made of the same parts.
            yield link.path
