// What pages do beyond links and forms; everything works without it. What only some pages hold is
// a module of its own, fetched where it is needed: a first view takes one at most.

function prepare() {
  for (const hidden of document.querySelectorAll("[data-copy], [data-needs-script]")) {
    hidden.hidden = false;
  }
  if (document.querySelector("[data-tick], [data-import-file]")) import("./checklist.js");
  if (document.querySelector("[data-country-form]")) import("./country.js");
}

document.addEventListener(
  "toggle",
  async ({ target }) => {
    if (!target.open || !target.matches?.("[data-compose]")) return;
    const { composed } = await import("./compose.js");
    composed(target);
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

// Buttons that copy and print. Another module has a text copied by the event `copytext`.

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy], [data-copy-address], [data-print]");
  if (!button) return;
  if (button.matches("[data-print]")) {
    print();
  } else if (button.matches("[data-copy]")) {
    const from = document.getElementById(button.dataset.copy);
    copy(button, from.value ?? from.textContent);
  } else {
    copy(button, location.href);
  }
});

document.addEventListener("copytext", ({ target, detail }) => copy(target, detail));

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  button.textContent = button.dataset.copied;
  announce(button.dataset.copied);
}

function announce(text) {
  document.getElementById("announcer").textContent = text;
}

prepare();
