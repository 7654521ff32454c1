// Comforts of the staff screens. Without this script everything is there as well.

// The fields that the chosen status needs open, and its meaning and evidence are printed.
document.addEventListener("DOMContentLoaded", () => {
  const status = document.querySelector("select[name=entry-status]");
  if (!status) return;

  const show = () => {
    for (const sentence of document.querySelectorAll(".demands [data-status]")) {
      sentence.hidden = sentence.dataset.status !== status.value;
    }
    for (const group of document.querySelectorAll("[data-statuses]")) {
      const fields = [...group.querySelectorAll("input, select, textarea")];
      const isTyped = (field) => (field.type === "checkbox" ? field.checked : field.value);
      const needed = group.dataset.statuses.split(" ").includes(status.value);
      group.open = needed || fields.some((field) => isTyped(field) || field.ariaInvalid);
    }
    const some = document.querySelector(".only-some");
    some.open = some.querySelector("[data-statuses][open]") !== null;
  };

  status.addEventListener("change", show);
  if (status.value) show();
});

// A day up to that of an ask is recorded as it stood before; said as soon as it is typed.
document.addEventListener("DOMContentLoaded", () => {
  const day = document.querySelector("input[name=entry-happened_on]");

  day?.addEventListener("change", () => {
    for (const sentence of document.querySelectorAll("[data-asked-on]")) {
      sentence.hidden = !day.value || day.value > sentence.dataset.askedOn;
    }
  });
});

// A new body begins with what its kind says. What somebody chose stays, whatever the kind.
document.addEventListener("DOMContentLoaded", () => {
  const kinds = document.querySelector(".kinds");
  const kind = document.querySelector("select[name=kind]");
  if (!kinds || !kind) return;

  const fields = ["reached_by", "salutation", "states_sit"].map((name) =>
    document.querySelector(`select[name=${name}]`),
  );
  // In a form that came back, whatever is filled in was seen and sent.
  const isTyped = "typed" in kinds.dataset;
  const chosen = new Set(fields.filter((field) => isTyped && field.value));
  for (const field of fields) field.addEventListener("change", () => chosen.add(field));

  kind.addEventListener("change", () => {
    const said = kinds.querySelector(`[data-kind="${kind.value}"]`)?.dataset ?? {};
    for (const field of fields) {
      if (!chosen.has(field)) field.value = said[field.name] ?? "";
    }
  });
});

// Leaving a form in which something was typed asks first; sending it does not. A form that came
// back with what is missing holds typed words from the start.
document.addEventListener("DOMContentLoaded", () => {
  const content = (form) => new URLSearchParams(new FormData(form)).toString();
  const opened = new Map();
  for (const form of document.querySelectorAll("#content-main form[method=post]")) {
    if (form.id !== "changelist-form") {
      opened.set(form, "isTyped" in form.dataset ? "" : content(form));
    }
    // A preview opens beside the form, which stays.
    form.addEventListener("submit", (event) => {
      if (event.submitter?.formTarget !== "_blank") opened.clear();
    });
  }

  window.addEventListener("beforeunload", (event) => {
    if ([...opened].some(([form, before]) => content(form) !== before)) event.preventDefault();
  });
});

// Django's search fields in lists of many choices have no label of their own. They are made when
// jQuery is ready, which may come after the load event.
const labelSearchFields = () => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const fields = select.nextElementSibling?.querySelectorAll(
      select.multiple ? ".select2-search__field" : "[role=combobox], [role=textbox]",
    );
    for (const field of fields ?? []) {
      field.removeAttribute("aria-labelledby");
      field.setAttribute("aria-label", select.labels[0]?.textContent.replace(":", "").trim());
    }
  }
};
window.addEventListener("load", () => window.django?.jQuery?.(labelSearchFields));
