// Registers the worker that answers while the server is out of reach, says so when it does, and
// asks by "jiuji:online" who can fetch their part of the page again when the server is back.

import { workerUrl } from "./html.js";

const POLL_MS = 5000;
const bar = document.getElementById("offline");
const box = document.getElementById("q");
let timer = 0;

function show() {
  const text = document.querySelector("[data-offline]")?.dataset.offline ?? "";
  if (text !== bar.textContent) bar.textContent = text;
  watch();
}

function watch() {
  clearTimeout(timer);
  if (bar.textContent) timer = setTimeout(poll, POLL_MS);
}

async function poll() {
  const answer = document.hidden ? null : await fetch("/livez").catch(() => null);
  if (answer?.ok) restore();
  watch();
}

function restore() {
  const nobody = document.dispatchEvent(new Event("jiuji:online", { cancelable: true }));
  // What somebody is typing would be lost.
  if (nobody && box.value === box.defaultValue) location.reload();
}

document.addEventListener("jiuji:swap", show);
watch();

if (isSecureContext && navigator.serviceWorker) {
  const register = () => navigator.serviceWorker.register(workerUrl).catch(() => {});
  const later = globalThis.requestIdleCallback ?? setTimeout;
  addEventListener("load", () => later(register, { timeout: 2000 }));
}
