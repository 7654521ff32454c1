"""Where things stand on a page, as every engine can be asked, and how much paper it takes."""

import re
import zlib

#: Run in a page, it gives what does not fit: the page its window, a block the block around it, a
#: line of text its own block. Boxes that scroll may hold wider ones.
SPILLS = r"""
const found = [];
// What is drawn by other rules, or is for screen readers only.
const UNSEEN = "svg, select, textarea, script, .visually-hidden";
const name = (element) => {
  const classes = element.getAttribute("class");
  return element.localName + (classes ? "." + classes.trim().replace(/\s+/g, ".") : "");
};
const report = (what, element, outer, by) => found.push(
  `${what} ${name(element)} leaves ${name(outer)} by ${by.map(Math.round).join(" ")}: ` +
  element.textContent.trim().replace(/\s+/g, " ").slice(0, 60)
);
const beyond = (inner, outer) => [
  outer.left - inner.left, inner.right - outer.right,
  outer.top - inner.top, inner.bottom - outer.bottom,
].map((by) => Math.max(0, by - 1));

if (document.documentElement.scrollWidth > innerWidth) {
  found.push(`the page is ${document.documentElement.scrollWidth} wide`);
}
const style = new Map();
const styleOf = (element) => {
  if (!style.has(element)) style.set(element, getComputedStyle(element));
  return style.get(element);
};
const isBox = (element) => !["inline", "contents"].includes(styleOf(element).display);
const scrolls = (element) => styleOf(element).overflowX !== "visible";
const isOut = (element) =>
  ["absolute", "fixed"].includes(styleOf(element).position) || !element.checkVisibility();

for (const element of document.body.querySelectorAll("*")) {
  if (element.closest(UNSEEN) || isOut(element)) continue;
  const outer = element.parentElement;
  const rect = element.getBoundingClientRect();
  if (isBox(element) && isBox(outer) && rect.width && rect.height) {
    const by = beyond(rect, outer.getBoundingClientRect());
    if (scrolls(outer)) by[0] = by[1] = 0;
    if (styleOf(element).display.startsWith("inline")) by[2] = by[3] = 0;
    if (by.some(Boolean)) report("box", element, outer, by);
  }
}

const lines = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (lines.nextNode()) {
  const text = lines.currentNode;
  if (!text.data.trim() || text.parentElement.closest(UNSEEN)) continue;
  let outer = text.parentElement;
  while (!isBox(outer)) outer = outer.parentElement;
  const around = outer.getBoundingClientRect();
  if (!outer.checkVisibility()) continue;
  const range = document.createRange();
  range.selectNodeContents(text);
  for (const line of range.getClientRects()) {
    if (!line.width) continue;
    const [left, right] = beyond(line, around);
    const middle = (line.top + line.bottom) / 2;
    const by = [
      scrolls(outer) ? 0 : left, scrolls(outer) ? 0 : right,
      Math.max(0, around.top - middle), Math.max(0, middle - around.bottom),
    ];
    if (by.some(Boolean)) {
      report("text", text.parentElement, outer, by);
      break;
    }
  }
}
return found;
"""


def sheets(printed):
    """How many sheets of paper a printed page (PDF) takes."""
    parts = re.findall(rb"stream\r?\n(.*?)endstream", printed, re.DOTALL)
    # Firefox packs what it says of its pages.
    whole = printed + b"".join(map(unpacked, parts))
    return len(re.findall(rb"/Type\s*/Page\b", whole))


def unpacked(part):
    try:
        return zlib.decompressobj().decompress(part)
    except zlib.error:
        return b""


#: Telephones (the narrowest that is promised, and a common one), a tablet, two desks.
WIDTHS = [320, 360, 768, 1280, 1600]


class Window:
    """A page of Playwright, asked as the engines are."""

    def __init__(self, page):
        self.page = page

    def resize(self, width):
        self.page.set_viewport_size({"width": width, "height": 800})

    def run(self, script):
        return self.page.evaluate(f"(function () {{ {script} }})()")


OPEN_FOLDS = "for (const fold of document.querySelectorAll('details')) fold.open = true"


def spills(engine, where="", widths=WIDTHS):
    """What does not fit the open page of an engine, at each width, its folds open."""
    engine.run(OPEN_FOLDS)
    found = []
    for width in widths:
        engine.resize(width)
        found += [f"{where} at {width}: {spill}" for spill in engine.run(SPILLS)]
    return found


def spills_of_large_letters(engine, where=""):
    """What does not fit the narrowest telephone with letters twice as large (WCAG 1.4.4).

    The page keeps them so: it is the last thing to ask of it.
    """
    # First, as WebKit now and then has no answer to what follows a measuring at once.
    engine.resize(WIDTHS[0])
    engine.run(f"document.documentElement.style.fontSize = '200%'; {OPEN_FOLDS}")
    return [f"{where} with letters twice as large: {spill}" for spill in engine.run(SPILLS)]
