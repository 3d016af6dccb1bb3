// The article shown: copies it and its commands, keeps ticks in this browser, prints.

const STORE = "jiuji:ticks:";
// Ticks belong to one incident; the next caller starts afresh.
const KEEP_MS = 8 * 60 * 60 * 1000;
const TOAST_MS = 2500;

const toast = document.getElementById("toast");
let toastTimer = 0;

function say(text) {
  clearTimeout(toastTimer);
  toast.classList.remove("offline");
  toast.textContent = text;
  toast.classList.add("on");
  toastTimer = setTimeout(() => toast.classList.remove("on"), TOAST_MS);
}

/** Copies text; plain HTTP has no clipboard interface, so a selection does it there. */
async function copy(text) {
  if (isSecureContext && navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the browser: the selection below may still work.
    }
  }
  const focus = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "vh";
  area.readOnly = true;
  document.body.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } finally {
    area.remove();
    focus?.focus({ preventScroll: true });
  }
  return done;
}

async function copyAndSay(text, what) {
  say((await copy(text)) ? `已复制${what}` : "浏览器不允许复制，请选中文字后按 Ctrl+C");
}

function addCopyButtons(root) {
  for (const pre of root.querySelectorAll(".prose pre")) {
    if (pre.parentElement.className === "code") continue;
    const wrapper = document.createElement("div");
    wrapper.className = "code";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "复制";
    button.addEventListener("click", () => copyAndSay(pre.textContent.trimEnd(), "这一段"));
    pre.replaceWith(wrapper);
    wrapper.append(pre, button);
  }
}

function boxes(article) {
  return [...article.querySelectorAll(".tick input")];
}

function name(box) {
  return box.closest(".tick").textContent.trim();
}

// Where storage is forbidden or full, ticks last as long as the page.
const memory = new Map();

function readTicks(id) {
  if (memory.has(id)) return memory.get(id);
  try {
    const { at, ticked } = JSON.parse(localStorage.getItem(STORE + id));
    return Date.now() - at < KEEP_MS && Array.isArray(ticked) ? ticked : [];
  } catch {
    return [];
  }
}

function writeTicks(id, ticked) {
  try {
    if (ticked.length === 0) localStorage.removeItem(STORE + id);
    else localStorage.setItem(STORE + id, JSON.stringify({ at: Date.now(), ticked }));
    memory.delete(id);
  } catch {
    memory.set(id, ticked);
  }
}

function showTicks(article, ticked) {
  for (const box of boxes(article)) box.checked = ticked.includes(name(box));
  showUntick(article);
}

function showUntick(article) {
  article.querySelector("[data-untick]").hidden = !boxes(article).some((box) => box.checked);
}

function enhance() {
  const article = document.getElementById("strategy");
  if (!article) return;
  addCopyButtons(article);
  const ticked = readTicks(article.dataset.id);
  if (ticked.length > 0) showTicks(article, ticked);
}

document.addEventListener("change", (event) => {
  const article = event.target.closest("#strategy");
  if (!article || !event.target.closest(".tick")) return;
  const ticked = boxes(article).filter((box) => box.checked);
  writeTicks(article.dataset.id, ticked.map(name));
  showUntick(article);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-print], [data-untick]");
  if (!button) return;
  const article = button.closest("#strategy");
  if (button.matches("[data-print]")) {
    print();
  } else if (button.matches("[data-untick]")) {
    writeTicks(article.dataset.id, []);
    showTicks(article, []);
  } else {
    copyAndSay(article.querySelector("[data-strategy-text]").textContent, "应急策略");
  }
});

document.addEventListener("jiuji:swap", enhance);
document.addEventListener("jiuji:say", (event) => say(event.detail));

enhance();
