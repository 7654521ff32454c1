// A text is edited and sent from here; nothing of it is stored or sent by the page.

const LONGEST_MAILTO = 2000;

// The same as the filter `mailto` of the templates (RFC 6068).
export function mailto(subject, text, to) {
  const encoded = (part) => encodeURIComponent(part.toWellFormed());
  const reader = encoded(to).replaceAll("%40", "@");
  const start = `mailto:${reader}?subject=${encoded(subject.replace(/[\t\n\r ]+/gu, " ").replace(/^ | $/gu, ""))}`;
  const whole = `${start}&body=${encoded(text.replace(/\r\n|\r|\n/gu, "\r\n"))}`;
  return whole.length <= LONGEST_MAILTO ? whole : start;
}

// Where the name belongs in a text, kept from edit to edit: {text, places: [{start, end}]}. What
// stands there is written over; the same letters elsewhere in the text are not touched. The text
// says itself how it marks the place, as that is in its language (`data-place`).

const letters = new WeakMap();

function letterOf(field) {
  if (!letters.has(field)) {
    const text = field.defaultValue.replace(/\r\n?/gu, "\n");
    letters.set(field, { text, places: placesIn(text, field.dataset.place) });
  }
  const letter = letters.get(field);
  if (letter.text !== field.value) {
    const edit = change(letter.text, field.value, field.selectionEnd);
    letter.places = letter.places.map((place) => moved(place, edit)).filter(Boolean);
    letter.text = field.value;
  }
  return letter;
}

function placesIn(text, place) {
  const places = [];
  for (let at = text.indexOf(place); at >= 0; at = text.indexOf(place, at + place.length)) {
    places.push({ start: at, end: at + place.length });
  }
  return places;
}

// What was edited: the letters of `before` from `start` to `until` became `length` others. The
// caret says which of several equal letters it was.
function change(before, now, caret) {
  const shrunk = before.length - now.length;
  let end = before.endsWith(now.slice(caret)) ? caret : now.length;
  let start = 0;
  while (start < Math.min(end, end + shrunk) && before[start] === now[start]) start += 1;
  while (end > start && end + shrunk > start && before[end + shrunk - 1] === now[end - 1]) end -= 1;
  // Characters beyond the first 65,536 are two units, of which either may be the same.
  if (isSplit(before, start) || isSplit(now, start)) start -= 1;
  if (isSplit(before, end + shrunk) || isSplit(now, end)) end += 1;
  return { start, until: end + shrunk, length: end - start };
}

function isSplit(text, at) {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(at - 1, 0), at + 1));
}

// A place after an edit: shifted, edited itself, cut at one end; undefined where nothing is left.
function moved({ start, end }, edit) {
  const shift = edit.length - (edit.until - edit.start);
  if (edit.until <= start) return { start: start + shift, end: end + shift };
  if (edit.start >= end) return { start, end };
  if (edit.start <= start && edit.until >= end) return undefined;
  if (edit.start < start) return { start: edit.start + edit.length, end: end + shift };
  const cut = edit.until <= end ? end + shift : edit.start;
  return cut > start ? { start, end: cut } : undefined;
}

function fill(field, name) {
  const letter = letterOf(field);
  const words = name.trim() || field.dataset.place;
  if (letter.places.every(({ start, end }) => letter.text.slice(start, end) === words)) return;
  let shift = 0;
  letter.places = letter.places.map((place) => {
    const start = place.start + shift;
    field.setRangeText(words, start, place.end + shift, "preserve");
    shift += words.length - (place.end - place.start);
    return { start, end: start + words.length };
  });
  letter.text = field.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Places in brackets that nobody filled in. Those that a letter can do without go when it does.
const PLACE = /\[[^[\]]+\]/gu;

function isOptional(field, place) {
  return field.dataset.optional.split("|").includes(place);
}

// Where an empty place can be taken out, with what joins it to the words before: the last first.
function emptyOptional(field) {
  const found = [...field.value.matchAll(/(?:,[^\S\n]*|[^\S\n]+)?(\[[^[\]]+\])/gu)];
  return found.filter((match) => isOptional(field, match[1])).reverse();
}

function withoutEmpty(field) {
  return emptyOptional(field).reduce(
    (text, { index, 0: { length } }) => text.slice(0, index) + text.slice(index + length),
    field.value,
  );
}

function takeOutEmpty(field) {
  for (const { index, 0: { length } } of emptyOptional(field)) {
    letterOf(field);
    field.setRangeText("", index, index + length, "end");
    letterOf(field);
  }
}

function sayWhatIsLeft(note, field) {
  const places = [...new Set(field.value.match(PLACE) ?? [])];
  note.hidden = places.length === 0;
  note.textContent = note.dataset.text
    .replace("{number}", places.length)
    .replace("{places}", () => places.join(", "));
}

// What the text around an element says now; its links and its warnings follow.
export function composed(inside) {
  const part = inside.closest("[data-compose]");
  const field = part.querySelector("[data-compose-text]");
  if (!letters.has(field)) fill(field, part.querySelector("[data-compose-name]").value);
  const text = withoutEmpty(field);
  let isWhole = true;
  for (const link of part.querySelectorAll("[data-compose-mail]")) {
    link.href = mailto(field.dataset.subject, text, link.dataset.to);
    isWhole &&= link.href.includes("&body=");
  }
  const note = part.querySelector("[data-compose-long]");
  if (note) note.hidden = isWhole;
  sayWhatIsLeft(part.querySelector("[data-compose-left]"), field);
  return { field, text };
}

// Before the text is copied from its field.
document.addEventListener(
  "click",
  ({ target }) => {
    const part = target.closest("[data-compose]");
    if (part && target.closest("[data-copy]")) takeOutEmpty(part.querySelector("[data-compose-text]"));
  },
  true,
);

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => {
    if (!target.matches?.("[data-compose-text], [data-compose-name]")) return;
    const { field } = composed(target);
    if (target === field) letterOf(field);
    else fill(field, target.value);
  });
}

document.addEventListener("click", async ({ target }) => {
  const link = target.closest("[data-compose-mail]");
  if (link) {
    const { field, text } = composed(link);
    const note = link.closest("[data-compose]").querySelector("[data-compose-long]");
    if (!link.href.includes("&body=")) haveCopied(note, text, field);
  } else if (target.closest("[data-compose-print]")) {
    printText(composed(target).text);
  } else if (target.closest("[data-compose-share]")) {
    await share(target.closest("[data-compose-share]"));
  }
});

// app.js copies, and says on the element whether it could.
function haveCopied(element, text, from = null) {
  const detail = { text, from };
  element.dispatchEvent(new CustomEvent("copytext", { bubbles: true, detail }));
}

async function share(button) {
  const url = location.href;
  try {
    await navigator.share({ title: document.title, url });
  } catch (error) {
    if (error.name !== "AbortError") haveCopied(button, url);
  }
}

function printText(text) {
  const sheet = document.createElement("div");
  sheet.className = "print-sheet";
  sheet.textContent = text;
  document.body.append(sheet);
  document.documentElement.dataset.printing = "text";
  addEventListener(
    "afterprint",
    () => {
      sheet.remove();
      delete document.documentElement.dataset.printing;
    },
    { once: true },
  );
  print();
}
