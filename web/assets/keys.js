// Keyboard: "/" and Esc reach the search box, arrows move through the hits, single keys act on
// the article shown, "?" lists them all. Does nothing while an input method composes.

const box = document.getElementById("q");
const overlay = document.getElementById("keys");
const toggle = document.querySelector("[data-keys-toggle]");
const CHANNELS = { p: ["phone", "电话"], m: ["mail", "邮件"], o: ["onsite", "现场"] };
const STORE = "jiuji:single-keys";

let enabled = read() !== "off";

// Storage may be forbidden; the keys then stay on.
function read() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function write(value) {
  try {
    localStorage.setItem(STORE, value);
  } catch {
    // Kept for this page only.
  }
}

function isTyping(element) {
  return element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
}

function visible(selector) {
  const elements = [...document.querySelectorAll(selector)];
  return elements.find((element) => element.getClientRects().length > 0);
}

/** Moves the focus from hit to hit; before the first one is the box. True when it moved. */
function move(step) {
  const hits = [...document.querySelectorAll(".hit, .overview a")];
  const active = document.activeElement;
  if (hits.length === 0 || active.closest("#detail, .facets, .links")) return false;
  const next = hits.indexOf(active.closest(".hit, .overview a")) + step;
  if (next < 0) {
    if (active !== box) box.focus();
    return active !== box;
  }
  const hit = hits[Math.min(next, hits.length - 1)];
  (hit.querySelector(".hit-link") ?? hit).focus({ preventScroll: true });
  // The chosen hit shows more of its steps: scrolls when it has its new height.
  hit.dispatchEvent(new Event("jiuji:choose", { bubbles: true }));
  hit.scrollIntoView({ block: "nearest" });
  return true;
}

function openChosen() {
  const hit = document.querySelector(".hit[aria-current]") ?? document.querySelector(".hit");
  const link = hit?.querySelector(".hit-link");
  if (link) location.assign(link.href);
  return Boolean(link);
}

function showScript([channel, label]) {
  const strategy = visible("#strategy");
  const section = strategy?.querySelector(`[data-channel="${channel}"]`);
  if (!section) {
    const detail = `这篇没有${label}话术`;
    if (strategy) document.dispatchEvent(new CustomEvent("jiuji:say", { detail }));
    return Boolean(strategy);
  }
  section.dispatchEvent(new Event("jiuji:script", { bubbles: true }));
  section.scrollIntoView({ block: "start" });
  section.focus({ preventScroll: true });
  return true;
}

function copyStrategy() {
  const button = visible("[data-copy]");
  button?.click();
  return Boolean(button);
}

function toBox() {
  box.focus();
  box.select();
  return true;
}

function showKeys() {
  overlay.showModal();
  return true;
}

/** Takes the first completion when the cursor stands behind what is typed. */
function complete() {
  const first = document.querySelector(".completions a");
  const atEnd = box.selectionStart === box.value.length;
  if (!first || !atEnd) return false;
  box.value = first.dataset.text;
  box.dispatchEvent(new Event("input"));
  return true;
}

/** True when the key was used. */
function act(event) {
  const typing = isTyping(event.target);
  switch (event.key) {
    case "Escape":
      return toBox();
    case "ArrowDown":
      return (!typing || event.target === box) && move(1);
    case "ArrowUp":
      return !typing && move(-1);
    case "ArrowRight":
      return event.target === box && complete();
    case "Enter":
      return event.target === document.body && openChosen();
  }
  if (typing || !enabled) return false;
  if (event.key === "/") return toBox();
  if (event.key === "?") return showKeys();
  if (event.key === "c") return copyStrategy();
  return Object.hasOwn(CHANNELS, event.key) && showScript(CHANNELS[event.key]);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (act(event)) event.preventDefault();
});

toggle.checked = enabled;
toggle.addEventListener("change", () => {
  enabled = toggle.checked;
  write(enabled ? "on" : "off");
});

document.querySelector("[data-keys-open]").addEventListener("click", showKeys);
