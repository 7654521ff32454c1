"""WebKit, beside the other two engines."""

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from selenium.common import WebDriverException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.engines import AIM, HEIGHT, MINI_BROWSER, PATIENCE, WEBKIT_DRIVER, XVFB, Driven
from tests.waiting import wait_until

# The bar of addresses would keep its window wider than a telephone.
FLAT = "* { font-size: 1px; min-width: 0; min-height: 0; padding: 0; margin: 0; border-width: 0; }"
CONSOLE_ALOUD = "--enable-write-console-messages-to-stdout=true"


def netscape(cookie):
    """A cookie as a line of the file that browsers share since Netscape."""
    hidden = "#HttpOnly_" if cookie["httpOnly"] else ""
    secure = str(cookie["secure"]).upper()
    fields = [hidden + cookie["domain"], "FALSE", cookie["path"], secure, str(2**31)]
    return "\t".join([*fields, cookie["name"], cookie["value"]]) + "\n"


class WebKit(Driven):
    """By its own WebDriver, under Xvfb, as its small browser cannot be without a screen.

    Under WebDriver it keeps its console to itself. So what the console says is asked of a second
    browser, which opens the same addresses with the same cookies and prints it.
    """

    error = WebDriverException

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="answerable-webkit-"))
        for version in ("gtk-3.0", "gtk-4.0"):
            (self.folder / version).mkdir()
            (self.folder / version / "gtk.css").write_text(FLAT)
        readable, writable = os.pipe()
        self.screen = subprocess.Popen(
            [XVFB, "-nolisten", "tcp", "-displayfd", str(writable), "-screen", "0", "1920x1200x24"],
            pass_fds=[writable],
            stderr=subprocess.DEVNULL,
        )
        os.close(writable)
        with open(readable) as numbers:
            display = f":{numbers.readline().strip()}"
        folders = ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"]
        self.environment = (
            os.environ | dict.fromkeys(folders, str(self.folder)) | {"DISPLAY": display}
        )
        options = Options()
        options.binary_location = MINI_BROWSER
        options.add_argument("--automation")
        service = Service(
            WEBKIT_DRIVER, env=self.environment, log_output=str(self.folder / "driver.log")
        )
        self.driver = WebKitGTK(options, service)
        self.opened = []

    def open(self, address):
        self.opened.append(address)
        self.driver.get(address)

    def resize(self, width, height=HEIGHT):
        self.driver.set_window_size(width, height)
        self.waits(f"a width of {width}", "innerWidth === arguments[0]", width)
        # It keeps how wide words were when only the size of their letters changed with the window:
        # measured is the page as it would be opened at this width.
        self.run(
            "const page = document.documentElement;"
            "page.style.display = 'none'; page.offsetHeight; page.style.display = '';"
        )

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, xpath):
        found = []

        def is_there():
            found[:] = self.driver.find_elements(By.XPATH, xpath)
            return found

        wait_until(is_there, seconds=PATIENCE)
        return found[0]

    def aim(self, element):
        return self.run(f"return ({AIM})(arguments[0])", element)

    def click(self, xpath):
        self.settled(xpath).click()

    def type(self, xpath, text):
        self.find(xpath).send_keys(text)

    def choose(self, xpath, option):
        self.find(xpath).send_keys(option)

    def back(self):
        self.driver.back()

    def printed(self):
        return None  # Its driver knows no such command.

    def complaints(self):
        opened, self.opened = [*dict.fromkeys(self.opened)], []
        cookies = "".join(map(netscape, self.driver.get_cookies()))
        with ThreadPoolExecutor(4) as browsers:
            said = browsers.map(lambda address: self.said_by(address, cookies), opened)
            return [line for lines in said for line in lines]

    def forget(self):
        self.opened = []

    def said_by(self, address, cookies):
        """What the console says while this page loads."""
        # Each browser writes into its file as well.
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".txt") as file:
            file.write(cookies)
            file.flush()
            ran = subprocess.run(
                [
                    str(MINI_BROWSER),
                    "--exit-after-load",
                    CONSOLE_ALOUD,
                    f"--cookies-file={file.name}",
                    address,
                ],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                check=True,
            )
        return [f"{address}: {line}" for line in ran.stdout.splitlines() if "CONSOLE" in line]

    def close(self):
        self.driver.quit()
        self.screen.terminate()
        self.screen.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
