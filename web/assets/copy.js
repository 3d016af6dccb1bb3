// Copies text, and says what happened.

const TOAST_MS = 2500;

const toast = document.getElementById("toast");
let timer = 0;

export function say(text) {
  const place = document.querySelector("dialog[open] [role=status]") ?? toast;
  place.textContent = text;
  if (place !== toast) return;
  clearTimeout(timer);
  toast.classList.remove("offline");
  toast.classList.add("on");
  timer = setTimeout(() => toast.classList.remove("on"), TOAST_MS);
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
  // Outside of an open dialog nothing can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
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

export async function copyAndSay(text, what) {
  say((await copy(text)) ? `已复制${what}` : "浏览器不允许复制，请选中文字后按 Ctrl+C");
}
