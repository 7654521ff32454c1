// A text is edited and sent from here; nothing of it is stored or sent by the page.

const LONGEST_MAILTO = 2000;

// The same as the filter `mailto` of the templates (RFC 6068).
export function mailto(subject, text) {
  const encoded = (part) => encodeURIComponent(part.toWellFormed());
  const start = `mailto:?subject=${encoded(subject.replace(/[\t\n\r ]+/gu, " ").replace(/^ | $/gu, ""))}`;
  const whole = `${start}&body=${encoded(text.replace(/\r\n|\r|\n/gu, "\r\n"))}`;
  return whole.length <= LONGEST_MAILTO ? whole : start;
}

// What the text around an element says now; its link and its warning follow.
export function composed(inside) {
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

document.addEventListener("click", async ({ target }) => {
  if (target.closest("[data-compose-mail]")) {
    const { text, href } = composed(target);
    if (!href.includes("&body=")) await navigator.clipboard.writeText(text);
  } else if (target.closest("[data-compose-print]")) {
    printText(composed(target).text);
  } else if (target.closest("[data-compose-share]")) {
    await share(target.closest("[data-compose-share]"));
  }
});

async function share(button) {
  const detail = location.href;
  if (navigator.share) {
    await navigator.share({ title: document.title, url: detail }).catch(() => {});
  } else {
    button.dispatchEvent(new CustomEvent("copytext", { bubbles: true, detail }));
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
