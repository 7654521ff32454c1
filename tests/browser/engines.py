"""Chromium, Firefox and WebKit behind the few verbs that tests of every engine need.

Elements are named by XPath, as all three understand it. `docs/decisions/0014-three-engines.md`
says why each is driven as it is.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import playwright.sync_api
import websocket

from tests.waiting import wait_until

HEIGHT = 800
# How many seconds a page may take on a busy machine. Nothing waits so long that comes about.
PATIENCE = 60
ENGINES = ("Chromium", "Firefox", "WebKit")
# WebKit takes three times as long to open a page: it walks all of them in the proof.
QUICK = ENGINES[:2]

# Puts an element into the middle of the window and gives the point where it is pressed, or null
# while something else is there: a bar, or what stood above before a script or a letter came.
AIM = """e => {
  e.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = e.getClientRects()[0];
  if (!box) return null;
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const there = document.elementFromPoint(x, y);
  return e.contains(there) || there?.closest('label')?.contains(e) ? `${x} ${y}` : null;
}"""


def program(*names):
    """The first of these programs that is installed, or None."""
    return next(filter(None, map(shutil.which, names)), None)


CHROMIUM = program("chromium", "chromium-browser", "google-chrome")
FIREFOX = program("firefox-esr", "firefox")
XVFB = program("Xvfb")
WEBKIT_DRIVER = program("WebKitWebDriver")
# Of the same package as the driver, and on no PATH.
MINI_BROWSER = next(map(str, sorted(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser"))), None)

IS_INSTALLED = {
    "Chromium": CHROMIUM,
    "Firefox": FIREFOX,
    "TorBrowser": FIREFOX,
    "WebKit": XVFB and WEBKIT_DRIVER and MINI_BROWSER,
}


class Engine(ABC):
    """What tests do in a browser. Each engine has one window, and keeps what its console says."""

    #: What it raises while a page makes way for the next one.
    error: type[Exception]

    def __init__(self):
        self.said: list[str] = []

    @abstractmethod
    def open(self, address): ...

    @abstractmethod
    def resize(self, width, height=HEIGHT): ...

    @abstractmethod
    def run(self, script, *arguments):
        """What the body of a JavaScript function returns."""

    @abstractmethod
    def click(self, xpath): ...

    @abstractmethod
    def type(self, xpath, text): ...

    @abstractmethod
    def choose(self, xpath, option):
        """Choose an option of a select by its label."""

    @abstractmethod
    def back(self): ...

    @abstractmethod
    def printed(self):
        """The open page on paper (A4), as a file (PDF); None of an engine that makes none."""

    @abstractmethod
    def close(self): ...

    def answers(self):
        """Whether it does what it is told; one that hung in a test is of no use to the next."""
        try:
            return self.run("return 1") == 1
        except Exception:
            return False

    def complaints(self):
        """What the console has said since the last time it was asked."""
        said, self.said = self.said, []
        return said

    def forget(self):
        self.said = []

    def sees(self, text):
        """Wait until the page shows this text."""
        self.waits(f"the text “{text}”", "document.body.innerText.includes(arguments[0])", text)

    def sees_no_more(self, text):
        self.waits(f"no “{text}”", "!document.body.innerText.includes(arguments[0])", text)

    def waits(self, what, expression, *arguments):
        """Wait until a JavaScript expression is true."""

        def holds():
            try:
                return self.run(f"return Boolean({expression})", *arguments)
            except self.error:
                return False

        try:
            wait_until(holds, seconds=PATIENCE)
        except AssertionError:
            shown = self.run("return location.href + '\\n' + document.body.innerText")
            raise AssertionError(f"{what} did not come about on {shown}") from None

    @property
    def address(self):
        return self.run("return location.href")


class Chromium(Engine):
    """By Playwright, as all other tests in a browser."""

    error = playwright.sync_api.Error

    def __init__(self, browser):
        super().__init__()
        self.page = browser.new_context(reduced_motion="reduce").new_page()
        self.page.on("console", lambda message: self.note(message.text))
        self.page.on("pageerror", lambda error: self.note(error))

    def note(self, said):
        self.said.append(f"{self.page.url}: {said}")

    def open(self, address):
        self.page.goto(address)

    def resize(self, width, height=HEIGHT):
        self.page.set_viewport_size({"width": width, "height": height})

    def run(self, script, *arguments):
        return self.page.evaluate(
            f"words => (function () {{ {script} }}).apply(null, words)", list(arguments)
        )

    def click(self, xpath):
        self.page.locator(f"xpath={xpath}").click()

    def type(self, xpath, text):
        self.page.locator(f"xpath={xpath}").press_sequentially(text)

    def choose(self, xpath, option):
        self.page.locator(f"xpath={xpath}").select_option(label=option)

    def back(self):
        self.page.go_back()

    def printed(self):
        return self.page.pdf(format="A4", prefer_css_page_size=True)

    def close(self):
        self.page.context.browser.close()


class Driven(Engine):
    """An engine that is told where to press, and does not itself wait until it can."""

    def settled(self, xpath):
        """Wait for an element until the page has all that it loads, and a press would reach it.

        What comes late moves what is below it: a press would go to what stands there by then.
        """
        self.waits("the whole page", "document.readyState === 'complete'")
        element, seen = self.find(xpath), []

        def is_still():
            seen.append(self.aim(element))
            return len(seen) > 1 and seen[-1] is not None and seen[-1] == seen[-2]

        wait_until(is_still, seconds=PATIENCE)
        return element

    @abstractmethod
    def find(self, xpath):
        """The first element of an XPath, once there is one."""

    @abstractmethod
    def aim(self, element):
        """Where a press reaches an element, as `AIM` says."""


class BidiError(Exception):
    pass


class Firefox(Driven):
    """By WebDriver BiDi, which Firefox speaks itself: no driver stands between."""

    error = BidiError
    preferences: ClassVar[dict[str, bool]] = {}

    def __init__(self):
        super().__init__()
        self.profile = Path(tempfile.mkdtemp(prefix="answerable-firefox-"))
        lines = [f"user_pref({json.dumps([*said])[1:-1]});" for said in self.preferences.items()]
        (self.profile / "user.js").write_text("\n".join(lines))
        self.process = subprocess.Popen(
            [FIREFOX, "--headless", "--remote-debugging-port=0", "--profile", self.profile],
            env=os.environ | {"HOME": str(self.profile)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        file = self.profile / "WebDriverBiDiServer.json"
        wait_until(lambda: file.exists() and file.read_text(), seconds=60)
        server = json.loads(file.read_text())
        self.socket = websocket.create_connection(
            f"ws://{server['ws_host']}:{server['ws_port']}/session",
            suppress_origin=True,
            timeout=60,
        )
        self.number = 0
        self.send("session.new", capabilities={})
        self.send(
            "session.subscribe",
            events=["log.entryAdded", "network.responseCompleted", "network.fetchError"],
        )
        # The first tab has not the focus: its fields would not say that they were changed.
        self.tab = self.send("browsingContext.create", type="tab")["context"]

    @property
    def may_wait(self):
        """Whether what a script promises comes about: not on a page that runs none of its own."""
        return self.preferences.get("javascript.enabled", True)

    def send(self, method, **parameters):
        """One command; what happens before its answer is noted."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            received = json.loads(self.socket.recv())
            if received.get("id") == self.number:
                break
            self.note(received.get("method"), received.get("params"))
        if received["type"] == "error":
            raise BidiError(f"{method}: {received['error']}: {received['message']}")
        return received["result"]

    def note(self, event, about):
        # Firefox itself asks for this one, when it comes back to a page that names another.
        if about.get("request", {}).get("url", "").endswith("/favicon.ico"):
            return
        # Broken off, as the test went on to another page before this one had all of its files.
        if about.get("errorText") == "NS_BINDING_ABORTED":
            return
        if event == "log.entryAdded":
            self.said.append(f"{about['type']}: {about['text']}")
        elif event == "network.fetchError":
            self.said.append(f"{about['request']['url']}: {about['errorText']}")
        elif event == "network.responseCompleted" and about["response"]["status"] >= 400:
            self.said.append(f"{about['request']['url']}: {about['response']['status']}")

    def open(self, address):
        self.send("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def resize(self, width, height=HEIGHT):
        viewport = {"width": width, "height": height}
        self.send("browsingContext.setViewport", context=self.tab, viewport=viewport)

    def run(self, script, *arguments):
        wait, done_of = ("async ", "await ") if self.may_wait else ("", "")
        done = self.call(
            f"{wait}words => JSON.stringify({done_of}(function () {{{script}}})"
            ".apply(null, JSON.parse(words)) ?? null)",
            {"type": "string", "value": json.dumps(arguments)},
        )
        return json.loads(done["value"])

    def call(self, function, argument):
        done = self.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[argument],
            target={"context": self.tab},
            awaitPromise=self.may_wait,
        )
        if done["type"] == "exception":
            raise BidiError(done["exceptionDetails"]["text"])
        return done["result"]

    def find(self, xpath):
        found = []

        def is_there():
            found[:] = self.send(
                "browsingContext.locateNodes",
                context=self.tab,
                locator={"type": "xpath", "value": xpath},
            )["nodes"]
            return found

        wait_until(is_there, seconds=PATIENCE)
        return {"sharedId": found[0]["sharedId"]}

    def aim(self, element):
        return self.call(AIM, element).get("value")

    def click(self, xpath):
        element = self.settled(xpath)
        origin = {"type": "element", "element": element}
        steps = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.act({"type": "pointer", "id": "mouse", "actions": steps})

    def act(self, source):
        self.send("input.performActions", context=self.tab, actions=[source])

    def type(self, xpath, text):
        self.click(xpath)
        self.press(text)

    def press(self, text):
        steps = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keyboard", "actions": steps})

    def choose(self, xpath, option):
        # A busy browser takes a letter that comes late for the beginning of another option, and
        # begins anew once none has come for a second.
        for _attempt in range(5):
            self.call("e => e.focus()", self.find(xpath))
            self.press(option)
            with suppress(AssertionError):
                wait_until(lambda: self.has_chosen(xpath, option), seconds=3)
                return
        raise AssertionError(f"{option} could not be chosen")

    def has_chosen(self, xpath, option):
        try:
            chosen = self.call("e => e.selectedOptions[0].label.trim()", self.find(xpath))
            return chosen["value"] == option
        except self.error:
            return False

    def back(self):
        self.send("browsingContext.traverseHistory", context=self.tab, delta=-1)

    def printed(self):
        # Of its own it prints on Letter.
        paper = {"width": 21, "height": 29.7}
        made = self.send("browsingContext.print", context=self.tab, page=paper)
        return base64.b64decode(made["data"])

    def close(self):
        try:
            self.send("browser.close")
            self.socket.close()
            self.process.wait(timeout=30)
        finally:
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.profile, ignore_errors=True)


class TorBrowser(Firefox):
    """Firefox as Tor Browser sets it at its safest level, by the same preferences.

    Pages run no script and no picture is drawn. What a test asks of a page is not the page's own.
    """

    preferences: ClassVar[dict[str, bool]] = {"javascript.enabled": False, "svg.disabled": True}
