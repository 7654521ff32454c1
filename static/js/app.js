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
  const boxes = [...document.querySelectorAll("[data-tick]")];
  if (!line || !boxes.length) return;
  const done = boxes.filter((box) => box.checked).length;
  const text = line.querySelector("[data-progress-text]");
  line.hidden = false;
  line.querySelector("progress").value = done;
  text.textContent = text.dataset.progressText
    .replace("{done}", done)
    .replace("{total}", boxes.length);
  line.querySelector("[data-clear-ticks]").disabled = done === 0;
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
    await navigator.clipboard.writeText(document.getElementById(target.dataset.copy).textContent);
    target.textContent = target.dataset.copied;
    document.getElementById("announcer").textContent = target.dataset.copied;
  }
});

showTicks();
