// What the pages do beyond links and forms. Everything works without this file.

const TICKS = "answerable.ticks";

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
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const part = document.getElementById(event.detail.target.id);
  const fresh = part?.querySelector("[data-fresh-fields]");
  const form = event.detail.requestConfig?.elt;
  if (fresh && form) freshen(form, fresh.content);
  fresh?.remove();
  document.getElementById("announcer").textContent =
    part?.querySelector("[data-announce]")?.textContent.trim() ?? "";
  showTicks();
});

// Take new options, counts and errors into the form, leaving focus and what was chosen alone.
function freshen(form, fields) {
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

// Checklist: ticks live in this browser only.

function ticks() {
  try {
    return new Set(JSON.parse(localStorage.getItem(TICKS)) ?? []);
  } catch {
    return new Set();
  }
}

function keep(ticked) {
  try {
    localStorage.setItem(TICKS, JSON.stringify([...ticked]));
  } catch {
    // Storage is off or full: the ticks hold until the page is left.
  }
}

function showTicks() {
  const ticked = ticks();
  for (const box of document.querySelectorAll("[data-tick]")) {
    box.hidden = false;
    box.checked = ticked.has(box.dataset.tick);
  }
  for (const shown of document.querySelectorAll("[data-copy], [data-needs-script]")) {
    shown.hidden = false;
  }
  showProgress();
}

function showProgress() {
  const line = document.querySelector("[data-progress]");
  // A step that is closed at the moment counts only if it was done before.
  const boxes = [...document.querySelectorAll("[data-tick]")].filter(
    (box) => box.checked || !box.closest(".step").querySelector("[data-closed-step]"),
  );
  if (!line || !boxes.length) return;
  const left = boxes.filter((box) => !box.checked);
  const done = boxes.length - left.length;
  const minutes = left.reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
  const text = line.querySelector("[data-progress-text]");
  const time = line.querySelector("[data-left-text]");
  const bar = line.querySelector("progress");
  line.hidden = false;
  bar.max = boxes.length;
  bar.value = done;
  text.textContent = text.dataset.progressText
    .replace("{done}", done)
    .replace("{total}", boxes.length);
  time.textContent = minutes ? time.dataset.leftText.replace("{minutes}", minutes) : "";
  line.querySelector("[data-clear-ticks]").disabled = done === 0;
  const celebration = document.querySelector("[data-celebration]");
  if (celebration) celebration.hidden = done < boxes.length;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-tick]")) return;
  const ticked = ticks();
  if (target.checked) ticked.add(target.dataset.tick);
  else ticked.delete(target.dataset.tick);
  keep(ticked);
  showProgress();
});

document.addEventListener("click", async ({ target }) => {
  if (target.matches("[data-clear-ticks]")) {
    const ticked = ticks();
    for (const box of document.querySelectorAll("[data-tick]")) {
      ticked.delete(box.dataset.tick);
      box.checked = false;
    }
    keep(ticked);
    showProgress();
  } else if (target.matches("[data-copy]")) {
    const from = document.getElementById(target.dataset.copy);
    await copy(target, from.value ?? from.textContent);
  } else if (target.matches("[data-copy-address]")) {
    await copy(target, location.href);
  } else if (target.matches("[data-print]")) {
    print();
  } else if (target.matches("[data-compose-mail]")) {
    const { text, href } = composed(target);
    if (!href.includes("&body=")) await navigator.clipboard.writeText(text);
  } else if (target.matches("[data-compose-print]")) {
    printText(composed(target).text);
  } else if (target.matches("[data-compose-share]")) {
    const shared = { title: document.title, url: location.href };
    if (navigator.share) await navigator.share(shared).catch(() => {});
    else await copy(target, location.href);
  }
});

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  button.textContent = button.dataset.copied;
  document.getElementById("announcer").textContent = button.dataset.copied;
}

// Ticks move to another device by a link or a file; the part of an address after # is never sent.

function takeIn(slugs) {
  const good = slugs.filter((slug) => /^[-\w]{1,80}$/u.test(slug));
  keep(new Set([...ticks(), ...good]));
  showTicks();
  const line = document.querySelector("[data-import-done]");
  if (line) {
    line.textContent = good.length
      ? line.dataset.text.replace("{number}", good.length)
      : line.dataset.failed;
  }
}

function moveTicks() {
  const file = document.querySelector("[data-import-file]");
  if (!file) return;
  file.addEventListener("change", async () => {
    try {
      takeIn(JSON.parse(await file.files[0].text()).ticks);
    } catch {
      takeIn([]);
    }
    file.value = "";
  });
  document.querySelector("[data-export-link]").addEventListener("click", ({ target }) => {
    copy(target, `${location.origin}${location.pathname}#ticks=${[...ticks()].join(".")}`);
  });
  document.querySelector("[data-export-file]").addEventListener("click", ({ target }) => {
    const text = JSON.stringify({ ticks: [...ticks()] });
    target.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  });
  if (location.hash.startsWith("#ticks=")) {
    takeIn(location.hash.slice("#ticks=".length).split("."));
    history.replaceState(null, "", location.pathname + location.search);
  }
}

// Compose: a text is edited and sent from here; nothing of it is stored or sent by the page.

const LONGEST_MAILTO = 2000;

// The same as the filter `mailto` of the templates (RFC 6068).
export function mailto(subject, text) {
  const encoded = (part) => encodeURIComponent(part.toWellFormed());
  const start = `mailto:?subject=${encoded(subject.replace(/[\t\n\r ]+/gu, " ").replace(/^ | $/gu, ""))}`;
  const whole = `${start}&body=${encoded(text.replace(/\r\n|\r|\n/gu, "\r\n"))}`;
  return whole.length <= LONGEST_MAILTO ? whole : start;
}

function composed(inside) {
  const part = inside.closest("[data-compose]");
  const field = part.querySelector("[data-compose-text]");
  const href = mailto(field.dataset.subject, field.value);
  part.querySelector("[data-compose-mail]").href = href;
  part.querySelector("[data-compose-long]").hidden = href.includes("&body=");
  return { text: field.value, href };
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-compose-text]")) composed(target);
});

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-compose-name]") || !target.value.trim()) return;
  const field = target.closest("[data-compose]").querySelector("[data-compose-text]");
  const name = target.value.trim();
  const before = target.dataset.used ?? "[your name]";
  field.value = field.value.replaceAll(before, () => name);
  target.dataset.used = name;
  composed(target);
});

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.open && target.matches?.("[data-compose]")) {
      composed(target.querySelector("[data-compose-text]"));
    }
  },
  true,
);

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

// Your country: kept in this browser only where the visitor ticks it.

const COUNTRY = "answerable.country";

function rememberCountry() {
  const form = document.querySelector("[data-country-form]");
  if (!form) return;
  const field = form.querySelector("select");
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
    if (kept && !field.value) field.value = kept;
  } catch {
    keepIt.disabled = true;
  }
  form.addEventListener("submit", remember);
  keepIt.addEventListener("change", remember);
}

rememberCountry();
moveTicks();

showTicks();
