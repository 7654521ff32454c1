"""Signs in through the web server in front, as an administrator does for the first time.

prove_sign_in.py https://SITE NAME PASSWORD
"""

import base64
import hashlib
import hmac
import http.cookiejar
import re
import struct
import sys
import time
import urllib.parse
import urllib.request


class Browser:
    """Keeps cookies, follows redirections, and fills in the form of a page."""

    def __init__(self, site):
        self.site = site
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.address, self.page = site, ""

    def open(self, address, fields=None):
        address = urllib.parse.urljoin(self.address, address)
        data = urllib.parse.urlencode(fields).encode() if fields else None
        headers = {"Referer": self.address, "Origin": self.site} if data else {}
        request = urllib.request.Request(address, data, headers)
        with self.opener.open(request, timeout=120) as answer:
            self.address, self.page = answer.url, answer.read().decode()

    def fill_in(self, name, **fields):
        """Send the form that has a field of this name."""
        for form in re.findall(r"<form.*?</form>", self.page, re.S):
            if f'name="{name}"' in form:
                action = re.search(r'<form[^>]* action="([^"]*)"', form)
                hidden = dict(
                    re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
                )
                self.open(action[1] if action else self.address, hidden | fields)
                return
        sys.exit(f"{self.address}: no form asks for “{name}”.")


def code_of(secret, later=0):
    """What an app shows now, or after that (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def main(site, name, password):
    browser = Browser(site)
    browser.open("/admin/")
    browser.fill_in("login", login=name, password=password)
    secret = re.search(r'id="authenticator_secret"[^>]* value="(\w+)"', browser.page)
    if not secret:
        sys.exit(f"{browser.address} offers no second factor to be set up.")
    browser.fill_in("code", code=code_of(secret[1]))
    if "recovery" not in browser.page:
        sys.exit(f"{browser.address} shows no recovery codes.")

    other = Browser(site)
    other.open("/admin/")
    other.fill_in("login", login=name, password=password)
    # The one that the app shows next, as each is taken once; both are right for a while.
    other.fill_in("code", code=code_of(secret[1], later=1))
    other.open("/admin/")
    if other.address != f"{site}/admin/":
        sys.exit(f"Name, password and code led to {other.address}.")
    print("signed in through nginx, set up an app of codes, signed in with its next code")


main(*sys.argv[1:])
