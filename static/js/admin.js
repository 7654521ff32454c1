// Two comforts of the staff screens. Without this script everything is there as well.

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
      const needed = group.dataset.statuses.split(" ").includes(status.value);
      group.open = needed || fields.some((field) => field.value || field.ariaInvalid);
    }
  };

  status.addEventListener("change", show);
  if (status.value) show();
});

// Django's search fields in lists of many choices have no label of their own. They are made when
// jQuery is ready, which may come after the load event.
const labelSearchFields = () => {
  for (const select of document.querySelectorAll("select.admin-autocomplete[multiple]")) {
    const search = select.nextElementSibling?.querySelector(".select2-search__field");
    search?.setAttribute("aria-label", select.labels[0]?.textContent.replace(":", "").trim());
  }
};
window.addEventListener("load", () => window.django?.jQuery?.(labelSearchFields));
