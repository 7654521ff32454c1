"""Makes requests that no page sends, out of what the pages hold, and judges the answers."""

import random
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_plus, urljoin, urlsplit

MOST_PAGES = 150
# Comes back as it was sent only where a page forgot to escape it.
MARK = "<fz7 onload='x'>\"</title></script><script>fz7()</script>"
RAW = (b"<fz7 ", b"<script>fz7")
SMUGGLED = "x-fz7"
STARTS = [
    *("/en/", "/uk/", "/ko/", "/en/follow/", "/en/tell/", "/en/checklist/"),
    "/admin/account/login/",
]
MACHINES = [
    *("/healthz", "/readyz", "/robots.txt", "/favicon.ico", "/en/calendar.ics", "/en/updates.atom"),
    *("/admin/", "/admin/jsi18n/", "/admin/account/password/reset/", "/anymail/x/tracking/"),
    *("/api/v1/actions", "/api/v1/changes?since=x", "/en/actions.csv?status=x", "/en/bodies.json"),
    *("/static/css/site.css", "/en/checklist/x/done/", "/en/follow/x/", "/en/follow/x/leave/"),
]
METHODS = ["GET", "GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]
ODD_METHODS = ["TRACE", "PROPFIND", "get", "X", "POST" * 20]
# As they stand in an address or a form: whatever is not ASCII is percent-encoded.
VALUES = [
    *("", "%00", "a%00b", "%FF%FE", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "%", "%zz", "%25%30%30"),
    *("a" * 5000, "a" * 100_000, "%F0%9F%99%82" * 300, "%E2%80%AE%E2%80%8B", "%0B%0C%1B%7F"),
    *("%0D%0AX-Fz7:%201", "%0AX-Fz7:%201", "-1", "0", "1", "2", "99999999999999999999", "1e999"),
    *("NaN", "%D9%A3", "2025-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "10000-01-01"),
    *(
        "http://[bad",
        "[",
        "//evil.example/",
        "http://u@evil.example/",
        "null",
        "{}",
        "[]",
        "{{7*7}}",
    ),
    *("everything", "issue:", "body:%00", "action:x:y", "x:y", "en", "UA", "zz", "'", "%22", "--"),
    *("%27%20OR%201=1--", "..%2F..%2Fetc%2Fpasswd", "ana@example.org", "=1+1@example.org", "@"),
    quote_plus(MARK),
]
MANY = "&".join(f"n{number}=1" for number in range(1001))
TRICKS = [
    *(f"/?{MANY}", f"/en/?{MANY}", f"/en/nothing/?{MANY}", f"/nothing?{MANY}"),
    *("//evil.example/%2e%2e", "/..", "/en/../../etc/passwd", "/%2e%2e/", "/en//", "/en/%2F/"),
    *("/en/%00", "/en/%FF/", "/%C0%AF", "/en/actions/%0d%0aX-Fz7:1/", "/EN/", "/xx/", "/en", "*"),
    *(
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/%00",
        "/static/css/",
        "/en/;a=b/",
    ),
    *("/" + "a" * 5000, "/" + "a/" * 2000, "/en/seats/%F0%9F%87%BA/", "/en/seats/ua/", "/\\evil"),
    *("http://evil.example/en/", "/en/follow/" + "x" * 2000 + "/", "/admin/account/", "/admin/x/"),
    *(
        "/en/issues/%E2%80%AE/",
        "/en/bodies/x/share.png",
        "/.env",
        "/en/#x",
        "/en/?",
        "/?a&b&=c&=&&",
    ),
]
HEADERS = {
    "Host": [
        "",
        "evil.example",
        "127.0.0.1:99999",
        "[::1",
        "[bad]",
        "a b",
        "x" * 3000,
        "127.0.0.1:x",
    ],
    "Origin": ["null", "http://[bad", "http://evil.example", "x" * 3000, "file://", "http://\xff"],
    "Referer": ["http://[bad", "http://evil.example/", "x", ""],
    "Sec-Fetch-Site": ["same-origin", "cross-site", "none", "x"],
    "Accept-Language": [
        "*",
        "xx-" * 200,
        "en;q=x",
        "uk;q=9",
        "\xff",
        "zh-" + "x" * 5000,
        "en_GB,,;",
    ],
    "Accept-Encoding": ["gzip", "br;q=x", "*", "gzip;q=0, *"],
    "Cookie": ["sessionid=x", "=", "a" * 4000, "csrftoken=\xff", "messages=x:y:z", ";;;", '"'],
    "If-None-Match": ["*", '"', "W/", "x" * 500, '"a","b"'],
    "If-Modified-Since": ["x", "Sun, 32 Jan 2099 99:99:99 GMT", "Thu, 01 Jan 9999999 00:00:00 GMT"],
    "Range": ["bytes=0-", "bytes=9-1", "bytes=-0", "x", "bytes=0-1,1-2,2-3"],
    "HX-Request": ["true", "x"],
    "HX-Current-URL": ["http://[bad", "%", "x"],
    "HX-History-Restore-Request": ["true"],
    "HX-Target": ["\xff", "x"],
    "HX-Trigger": ["%ZZ", "x"],
    "X-Forwarded-For": ["x", "::1, 999.9.9.9", "fe80::1%eth0", "a" * 3000, ","],
    "X-Forwarded-Proto": ["https", "x"],
    "X-Forwarded-Host": ["evil.example"],
    "Content-Type": [
        *("application/json", "multipart/form-data", "multipart/form-data; boundary=", "x", ""),
        *(
            "multipart/form-data; boundary=b",
            "text/plain; charset=x",
            "multipart/form-data; boundary=\xff",
        ),
        "application/x-www-form-urlencoded; charset=utf-7",
    ],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-CSRFToken": ["x" * 64, "\xff"],
    "X-Odd": ["\xff\xfe", "a" * 8000, "{{7*7}}", "() { :;};"],
}


@dataclass
class Request:
    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __str__(self):
        where = f"{self.path[:120]}{'?' if self.query else ''}{self.query[:200]}"
        headers = {name: value[:60] for name, value in self.headers.items()}
        return f"{self.method} {where} {headers} {self.body[:200]!r}"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Form:
    """One form of a page, or the parameters of a link: where it goes, and its fields."""

    method: str
    action: str
    values: dict[str, list[str]]


class Page(HTMLParser):
    def __init__(self, address, html):
        super().__init__()
        self.address, self.links, self.forms = address, [], []
        self.form, self.select = None, ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.address, given["href"]))
        elif tag == "form":
            action = urlsplit(urljoin(self.address, given.get("action", ""))).path
            self.form = Form(given.get("method", "get").upper(), action, {})
            self.forms.append(self.form)
        elif self.form and name and tag in ("input", "textarea", "select", "button"):
            self.form.values.setdefault(name, []).append(given.get("value", ""))
            self.select = name
        elif self.form and tag == "option" and self.select:
            self.form.values[self.select].append(given.get("value", ""))


def explore(ask):
    """The addresses of the site and the forms on its pages, by following links."""
    waiting, seen, forms = [*STARTS], set(STARTS), {}
    kinds = Counter()
    pages = []
    while waiting and len(pages) < MOST_PAGES:
        path = waiting.pop(0)
        answer = ask(Request(path=path))
        pages.append(path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page = Page(f"http://site{path}", answer.body.decode("utf-8", "replace"))
        for form in page.forms:
            # Every step has a form of its own: three with the same fields are enough.
            alike = (form.method, *sorted(form.values))
            if (form.method, form.action) not in forms:
                if kinds[alike] >= 3:
                    continue
                kinds[alike] += 1
            known = forms.setdefault((form.method, form.action), form)
            for name, values in form.values.items():
                known.values.setdefault(name, values)
        for link in page.links:
            parts = urlsplit(link)
            if parts.netloc != "site":
                continue
            # Three addresses of a kind are enough: asks look like asks.
            kind = "/".join(parts.path.split("/")[:3])
            if parts.path not in seen and kinds[kind] < 3:
                kinds[kind] += 1
                seen.add(parts.path)
                waiting.append(parts.path)
            for pair in filter(None, parts.query.split("&")):
                name, _equals, value = pair.partition("=")
                form = forms.setdefault(("GET", parts.path), Form("GET", parts.path, {}))
                form.values.setdefault(name, []).append(value)
    return [*pages, *MACHINES], list(forms.values())


class Fuzz:
    """Makes requests; the same seed makes the same ones of the same pages."""

    def __init__(self, pages, forms, seed, host):
        self.random = random.Random(seed)
        self.pages, self.forms, self.host = pages, forms, host
        self.names = sorted({name for form in forms for name in form.values})

    def request(self):
        choose = self.random.choice
        request = choose([self.form_sent, self.form_sent, self.form_sent, self.page, self.trick])()
        request.headers.setdefault("Host", self.host)
        # From everywhere, so that no limit of one network ends the trial.
        network = ".".join(str(self.random.randrange(1, 250)) for _part in range(4))
        request.headers.setdefault("X-Forwarded-For", network)
        if self.random.random() < 0.4:
            for name in self.random.sample(sorted(HEADERS), choose([1, 1, 2, 4])):
                request.headers[name] = choose(HEADERS[name])
        if self.random.random() < 0.1:
            request.method = choose([*METHODS, *ODD_METHODS])
        return request

    def form_sent(self):
        """A form as its page has it, with one or a few things wrong."""
        # Most of what a site has are lists; what is sent to it matters as much.
        method = self.random.choice(["GET", "POST"])
        form = self.random.choice([form for form in self.forms if form.method == method])
        pairs = [(name, self.random.choice(values)) for name, values in form.values.items()]
        for _time in range(self.random.choice([1, 1, 2, 3])):
            pairs = self.spoilt(pairs)
        sent = "&".join(f"{name}={value}" for name, value in pairs)
        if form.method == "GET":
            return Request("GET", form.action, sent)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.random.random() < 0.7:
            headers["Sec-Fetch-Site"] = "same-origin"
        else:
            headers["Origin"] = self.random.choice(HEADERS["Origin"])
        return Request("POST", form.action, "", headers, sent.encode("latin-1", "replace"))

    def spoilt(self, pairs):
        what = self.random.random()
        if not pairs or what < 0.1:
            return [*pairs, (self.random.choice([*self.names, "x", "%FF", ""]), self.value())]
        number = self.random.randrange(len(pairs))
        name, _value = pairs[number]
        if what < 0.65:
            return [*pairs[:number], (name, self.value()), *pairs[number + 1 :]]
        if what < 0.8:
            return [*pairs[:number], *pairs[number + 1 :]]
        if what < 0.95:
            return [*pairs, (name, self.value())]
        return [*pairs, *[(f"n{n}", "1") for n in range(3000)]]

    def value(self):
        return self.random.choice(VALUES)

    def page(self):
        path = self.random.choice(self.pages)
        if self.random.random() < 0.3:
            parts = path.split("/")
            parts[self.random.randrange(1, len(parts))] = self.value()[:3000].replace("/", "%2F")
            path = "/".join(parts)
        pairs = self.spoilt([]) if self.random.random() < 0.6 else []
        request = Request(
            self.random.choice(METHODS), path, "&".join(f"{name}={value}" for name, value in pairs)
        )
        if request.method not in ("GET", "HEAD"):
            size = self.random.choice([0, 1, 1000, 200_000])
            request.body = self.random.randbytes(size)
        return request

    def trick(self):
        path, _mark, query = self.random.choice(TRICKS).partition("?")
        return Request(self.random.choice(["GET", "GET", "POST", "HEAD"]), path, query)


def faults(request, answer):
    """What is wrong with an answer: nothing, for most."""
    # Without a worker the site is not ready, as this address says.
    is_not_ready = request.path == "/readyz" and answer.status == 503
    if answer.status >= 500 and not is_not_ready:
        yield f"answered {answer.status}"
    if b"Traceback (most recent" in answer.body:
        yield "showed a traceback"
    if "html" in answer.headers.get("content-type", "") and any(r in answer.body for r in RAW):
        yield "gave markup back as it was sent"
    if SMUGGLED in answer.headers:
        yield "let a header be smuggled in"
    is_public = not request.path.startswith("/admin")
    if "set-cookie" in answer.headers and is_public and request.method in ("GET", "HEAD"):
        yield "set a cookie"
