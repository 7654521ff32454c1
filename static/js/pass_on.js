// Passing on to Mastodon: the name of one's own instance stays in this browser, and a link leads
// there. Nothing is asked of it by the page.

const INSTANCE = "answerable.instance";

// The host of what was typed (“mastodon.social”, “https://mastodon.social/@me”, “@me@mastodon.social”);
// nothing where it is none.
export function hostOf(typed) {
  const name = typed.trim().replace(/^@?[^@/\s]+@/u, "");
  try {
    const url = new URL(/^https?:\/\//iu.test(name) ? name : `https://${name}`);
    return /^[^.].*\.[^.]{2,}$/u.test(url.hostname) && !url.username ? url.host : "";
  } catch {
    return "";
  }
}

function kept() {
  try {
    return localStorage.getItem(INSTANCE) ?? "";
  } catch {
    return "";
  }
}

function keep(host) {
  try {
    localStorage.setItem(INSTANCE, host);
  } catch {
    // Storage is off or full: the name holds until the page is left.
  }
}

function lead(part) {
  const field = part.querySelector("input");
  const link = part.querySelector("a");
  const refused = part.querySelector("[data-refused]");
  const host = hostOf(field.value);
  const text = document.getElementById(link.dataset.text).textContent.toWellFormed();
  if (host) link.href = `https://${host}/share?text=${encodeURIComponent(text)}`;
  else link.removeAttribute("href");
  link.hidden = !host;
  refused.hidden = Boolean(host) || field.value.trim() === "";
  refused.textContent = refused.hidden ? "" : refused.dataset.refused;
}

export function opened(part) {
  const field = part.querySelector("input");
  if (!field.value) field.value = kept();
  lead(part);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => {
    const part = target.closest?.("[data-mastodon]");
    // Half a name is no fault while somebody types.
    if (part && (kind === "change" || hostOf(target.value))) lead(part);
  });
}

document.addEventListener("click", ({ target }) => {
  const link = target.closest("[data-mastodon] a");
  if (link) keep(new URL(link.href).host);
});
