// The checklist: ticks live in this browser only, and move to another by a link or a file.

const TICKS = "answerable.ticks";

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
  // A link that was copied holds other ticks now.
  document.dispatchEvent(new Event("input"));
}

// A box may stand for several steps that are done alike.
const slugsOf = (box) => box.dataset.tick.split(",");

function showTicks() {
  const ticked = ticks();
  for (const box of document.querySelectorAll("[data-tick]")) {
    box.hidden = false;
    box.checked = slugsOf(box).every((slug) => ticked.has(slug));
  }
  showProgress();
  showNext(ticked);
}

// Of the steps that fit next, the first that is not ticked here.
function showNext(ticked) {
  for (const list of document.querySelectorAll("[data-next-steps]")) {
    const items = [...list.children];
    const next = items.find((item) => !ticked.has(item.dataset.next));
    for (const item of items) item.hidden = item !== next;
    list.parentElement.querySelector("[data-all-ticked]").hidden = Boolean(next);
  }
}

// A tick sends nothing: it offers to be counted, and what fits next.
function offer(box) {
  const part = box.closest("li").querySelector("[data-done], [data-after-done]");
  if (part) part.hidden = !box.checked;
}

// Nobody reads 1,461 minutes as a time: from two hours on it is said in hours.
function timeLeft(minutes, texts) {
  return minutes < 120
    ? texts.leftText.replace("{minutes}", minutes)
    : texts.leftHours.replace("{hours}", Math.round(minutes / 60));
}

function showProgress() {
  const line = document.querySelector("[data-progress]");
  // A step that is closed at the moment counts only if it was done before.
  const boxes = [...document.querySelectorAll("[data-tick]")].filter(
    (box) => box.checked || !box.closest("li").querySelector("[data-closed-step]"),
  );
  if (!line || !boxes.length) return;
  const left = boxes.filter((box) => !box.checked);
  // As the heading counts them: a box may stand for several steps.
  const total = boxes.flatMap(slugsOf).length;
  const done = total - left.flatMap(slugsOf).length;
  const minutes = left.reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
  const text = line.querySelector("[data-progress-text]");
  const time = line.querySelector("[data-left-text]");
  const bar = line.querySelector("progress");
  line.hidden = false;
  bar.max = total;
  bar.value = done;
  text.textContent = text.dataset.progressText
    .replace("{done}", done)
    .replace("{total}", total);
  time.textContent = minutes ? timeLeft(minutes, time.dataset) : "";
  line.querySelector("[data-clear-ticks]").disabled = done === 0;
  const celebration = document.querySelector("[data-celebration]");
  if (celebration) celebration.hidden = done < total;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-tick]")) return;
  const ticked = ticks();
  for (const slug of slugsOf(target)) {
    if (target.checked) ticked.add(slug);
    else ticked.delete(slug);
  }
  keep(ticked);
  showProgress();
  showNext(ticked);
  offer(target);
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-clear-ticks]")) return;
  const ticked = ticks();
  for (const box of document.querySelectorAll("[data-tick]")) {
    for (const slug of slugsOf(box)) ticked.delete(slug);
    box.checked = false;
    offer(box);
  }
  keep(ticked);
  showProgress();
});

// Moving them: the part of an address after # is never sent.

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

function offerToMove(file) {
  file.addEventListener("change", async () => {
    try {
      takeIn(JSON.parse(await file.files[0].text()).ticks);
    } catch {
      takeIn([]);
    }
    file.value = "";
  });
  const link = document.querySelector("[data-export-link]");
  link.addEventListener("click", () => {
    const text = `${location.origin}${location.pathname}#ticks=${[...ticks()].join(".")}`;
    link.dispatchEvent(new CustomEvent("copytext", { bubbles: true, detail: { text } }));
  });
  const download = document.querySelector("[data-export-file]");
  download.addEventListener("click", () => {
    const text = JSON.stringify({ ticks: [...ticks()] });
    download.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  });
  if (location.hash.startsWith("#ticks=")) {
    takeIn(location.hash.slice("#ticks=".length).split("."));
    history.replaceState(null, "", location.pathname + location.search);
  }
}

const file = document.querySelector("[data-import-file]");
if (file) offerToMove(file);
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  showTicks();
  // What was pressed is gone: its answer takes its place.
  const answer = document.getElementById(detail.target.id);
  if (answer?.matches("[data-after-done]")) answer.focus();
});
// Another tab ticked, or this page was set aside while one did.
addEventListener("storage", ({ key }) => {
  if (key === TICKS || key === null) showTicks();
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) showTicks();
});
// Ticks set by a label before this script ran.
const early = [...document.querySelectorAll("[data-tick]:checked")].flatMap(slugsOf);
if (early.length) keep(new Set([...ticks(), ...early]));
showTicks();
