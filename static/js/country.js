// Your country: kept in this browser only where the visitor ticks it.

const COUNTRY = "answerable.country";

const form = document.querySelector("[data-country-form]");
const field = form.querySelector("select[name=country]");
const keepIt = form.querySelector("[data-keep-country]");

function remember() {
  try {
    if (keepIt.checked && field.value) localStorage.setItem(COUNTRY, field.value);
    else if (!keepIt.checked) localStorage.removeItem(COUNTRY);
  } catch {
    // Storage is off: the choice stands in the address.
  }
}

try {
  const kept = localStorage.getItem(COUNTRY);
  keepIt.checked = kept !== null;
  const isOffered = [...field.options].some((option) => option.value === kept);
  if (kept && isOffered && !field.value) {
    field.value = kept;
    // A list of filters fetches what it is narrowed to; another form waits for its button.
    if (form.matches("[data-filters]")) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
} catch {
  keepIt.disabled = true;
}
form.addEventListener("submit", remember);
form.addEventListener("change", remember);
