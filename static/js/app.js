// What pages do beyond links and forms; everything works without it. What only some pages hold is
// a module of its own, fetched where it is needed: a first view takes one at most.

const announcer = document.getElementById("announcer");

function prepare() {
  for (const hidden of document.querySelectorAll("[data-copy], [data-needs-script]")) {
    hidden.hidden = false;
  }
  if (document.querySelector("[data-tick], [data-import-file], [data-next-steps]")) import("./checklist.js");
  const open = document.querySelector("details[open][data-compose]");
  if (open) open.dispatchEvent(new Event("toggle"));
}

document.addEventListener(
  "toggle",
  async ({ target }) => {
    if (!target.open || !target.matches?.("[data-compose], [data-mastodon]")) return;
    if (target.matches("[data-compose]")) {
      const { composed } = await import("./compose.js");
      composed(target);
    } else {
      const { opened } = await import("./pass_on.js");
      opened(target);
    }
  },
  true,
);

// Filters: addresses without empty fields, and no second request for the rows that are shown.

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  const { formData } = event.detail;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target;
  if (!form.matches("[data-filters]")) return;
  const wanted = new URL(event.detail.pathInfo.finalRequestPath, location);
  if (wanted.search === location.search && !form.querySelector("[aria-invalid=true]")) {
    event.preventDefault();
    settled(form);
  }
});

// A choice made before the scripts came is followed once they are there.
document.addEventListener("htmx:load", () => {
  for (const form of document.querySelectorAll("[data-filters]")) {
    if ([...form.elements].some(differs)) form.dispatchEvent(new Event("change"));
  }
}, { once: true });

// Whether a control holds something else than in the page that was sent.
function differs(control) {
  if (!control.name || !control.matches("select, input")) return false;
  if (control.matches("select")) {
    const sent = [...control.options].find((option) => option.defaultSelected) ?? control.options[0];
    return control.value !== sent?.value;
  }
  return control.value !== control.defaultValue || control.checked !== control.defaultChecked;
}

// A request that got no answer, or none that can be shown: said beside its form until one does.

const failures = new Map();

for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(kind, ({ detail }) => failed(detail.requestConfig.elt));
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) settled(detail.requestConfig.elt);
});

function failed(form) {
  const about = form.matches("[data-filters]") ? "filters" : "form";
  if (!failures.has(form)) {
    const { content } = document.querySelector(`template[data-failed="${about}"]`);
    const note = content.firstElementChild.cloneNode(true);
    note.querySelector("button").addEventListener("click", () => {
      announce("");
      form.requestSubmit();
    });
    form.after(note);
    failures.set(form, note);
  }
  announce(failures.get(form).querySelector("span").textContent);
}

function settled(form) {
  const note = failures.get(form);
  if (!note) return;
  if (note.contains(document.activeElement)) {
    form.querySelector("button:not([hidden])")?.focus();
  }
  note.remove();
  failures.delete(form);
}

// The same page in other languages is the same list, too.
document.addEventListener("htmx:pushedIntoHistory", () => {
  for (const link of document.querySelectorAll("a[data-language]")) {
    const address = new URL(link.href);
    address.search = location.search;
    link.href = address.href;
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const part = document.getElementById(event.detail.target.id);
  const fresh = part?.querySelector("[data-fresh-fields]");
  const form = event.detail.requestConfig?.elt;
  if (fresh && form) freshen(form, fresh.content);
  fresh?.remove();
  announce(part?.querySelector("[data-announce]")?.textContent.trim() ?? "");
  prepare();
});

// Take new options, counts and errors into the form, leaving focus and what was chosen alone.
function freshen(form, fields) {
  const number = form.closest("details")?.querySelector("[data-filters-active]");
  if (number) number.textContent = fields.querySelector("[data-filters-active]").textContent;
  for (const field of fields.querySelectorAll("[data-field]")) {
    const old = form.querySelector(`[data-field="${field.dataset.field}"]`);
    const control = old?.querySelector("select, input");
    if (!control) continue;
    const from = field.querySelector("select, input");
    if (control.matches("select")) {
      const chosen = control.value;
      control.replaceChildren(...from.childNodes);
      control.value = chosen;
      if (control.selectedIndex < 0) control.selectedIndex = 0;
    } else if (control.type === "checkbox") {
      old.querySelector("label span").textContent = field.querySelector("label span").textContent;
    }
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (from.hasAttribute(name)) control.setAttribute(name, from.getAttribute(name));
      else control.removeAttribute(name);
    }
    old.querySelector(".field__error")?.remove();
    const error = field.querySelector(".field__error");
    if (error) old.append(error);
  }
}

// A double click means one: a form that replaces its own request would be sent twice.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest("form button:not([type=button])")) event.preventDefault();
});

// Buttons that copy and print. Another module has a text copied by the event `copytext`.

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy], [data-copy-address], [data-print]");
  if (!button) return;
  if (button.matches("[data-print]")) {
    print();
  } else if (button.matches("[data-copy]")) {
    const from = document.getElementById(button.dataset.copy);
    copy(button, from.value ?? from.textContent, from);
  } else {
    copy(button, location.href);
  }
});

document.addEventListener("copytext", ({ target, detail }) => copy(target, detail.text, detail.from));

// What says how copying went: {label, from, notes}, what it said before and where the text is from.
const said = new Map();

// `from` is the element that holds the text; without one a field is made where it has to be shown.
async function copy(button, text, from = null) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    takeBack(button);
    say(button, from, button.textContent, announcer.dataset.pressKeys);
    select(from ?? shown(button, text));
    return;
  }
  takeBack(button);
  if (from && (from.value ?? from.textContent) !== text) return;
  const label = button.textContent;
  button.textContent = button.dataset.copied;
  say(button, from, label);
}

function say(button, from, label, trouble = "") {
  const notes = [];
  if (trouble) {
    const note = document.createElement("p");
    note.className = "field__help";
    note.textContent = trouble;
    (button.closest("p") ?? button).after(note);
    notes.push(note);
  }
  said.set(button, { label, from, notes });
  announce(trouble || button.dataset.copied);
}

function takeBack(button) {
  if (!said.has(button)) return;
  const { label, notes } = said.get(button);
  said.delete(button);
  button.textContent = label;
  for (const note of notes) note.remove();
}

// What was copied is another text now, or an address that has changed since.
function takeBackWhatChanged({ target }) {
  for (const [button, { from }] of said) if (!from || from === target) takeBack(button);
}

document.addEventListener("input", takeBackWhatChanged);
document.addEventListener("htmx:pushedIntoHistory", takeBackWhatChanged);

function shown(button, text) {
  const field = document.createElement("input");
  field.readOnly = true;
  field.value = text;
  field.setAttribute("aria-label", button.textContent.trim());
  const { notes } = said.get(button);
  notes.at(-1).after(field);
  notes.push(field);
  return field;
}

function select(element) {
  const closed = element.closest("details:not([open])");
  if (closed) closed.open = true;
  if (element.select) {
    element.focus();
    element.select();
  } else {
    getSelection().selectAllChildren(element);
  }
}

function announce(text) {
  announcer.textContent = text;
}

// Your country: kept in this browser only where the visitor ticks it. The page of an ask has ticks
// as well, and fetches no second module.

const COUNTRY = "answerable.country";

function offerToKeepCountry(form) {
  const field = form.querySelector("select[name=country]");
  const keepIt = form.querySelector("[data-keep-country]");
  const remember = () => {
    try {
      if (keepIt.checked && field.value) localStorage.setItem(COUNTRY, field.value);
      else if (!keepIt.checked) localStorage.removeItem(COUNTRY);
    } catch {
      // Storage is off: the choice stands in the address.
    }
  };
  try {
    const kept = localStorage.getItem(COUNTRY);
    keepIt.checked = kept !== null;
    const isOffered = [...field.options].some((option) => option.value === kept);
    if (kept && isOffered && !field.value) {
      // In a list of filters it is a choice made before the scripts came; another form waits for its button.
      field.value = kept;
    }
  } catch {
    keepIt.disabled = true;
  }
  form.addEventListener("submit", remember);
  form.addEventListener("change", remember);
}

prepare();
const countryForm = document.querySelector("[data-country-form]");
if (countryForm) offerToKeepCountry(countryForm);
