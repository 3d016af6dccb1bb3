// The page of an article follows its file: on word from the server it fetches what changes in the
// page and swaps it in, keeping the place, what is unfolded and what has the focus.
//
// One stream while the page is visible: a browser opens six connections to a server, and hidden
// tabs must not use them up.

import { fragment } from "./html.js";

const RETRY_MS = 30_000;
const FETCH_RETRY_MS = 1_000;
// What can be unfolded or have the focus.
const PARTS = "details, summary, a[href], button, input, [tabindex]";

const main = document.getElementById("main");
const id = document.getElementById("strategy").dataset.id;
const address = `/api/v1/events?article=${encodeURIComponent(id)}`;

let stream = null;
let reopen = 0;
let fetching = false;
// The version the server spoke of last; null when there is no such article any more.
let wanted = shown();

function shown() {
  return main.querySelector(".sheet").dataset.version;
}

function open() {
  clearTimeout(reopen);
  if (stream || document.hidden) return;
  stream = new EventSource(address);
  stream.addEventListener("change", (event) => {
    wanted = JSON.parse(event.data).version;
    follow();
  });
  stream.addEventListener("error", () => {
    // The browser comes back by itself when the connection is lost, not when it was refused.
    if (stream?.readyState !== EventSource.CLOSED) return;
    close();
    reopen = setTimeout(open, RETRY_MS);
  });
}

function close() {
  clearTimeout(reopen);
  stream?.close();
  stream = null;
}

/** Fetches until the version wanted is shown; one fetch at a time, however fast the saves come. */
async function follow() {
  if (wanted === null) return gone();
  if (fetching || (wanted === shown() && !main.querySelector(".gone"))) return;
  fetching = true;
  const heard = wanted;
  let again = 0;
  try {
    await refresh();
  } catch {
    again = FETCH_RETRY_MS;
  }
  fetching = false;
  // What was fetched may be newer than what was heard of; only a later word asks for more.
  if (again || wanted !== heard) setTimeout(follow, again);
}

async function refresh() {
  const response = await fetch(location.pathname, { headers: { "X-Fragment": "article" } });
  if (response.redirected) return gone(response.url);
  if (response.status === 404) return gone();
  if (!response.ok) throw new Error(`status ${response.status}`);
  swap(fragment(await response.text()));
}

/** Says that the article is no more; what was read last stays. */
function gone(successor) {
  if (main.querySelector(".gone")) return;
  const notice = document.createElement("p");
  notice.className = "gone";
  notice.setAttribute("role", "status");
  const link = document.createElement("a");
  link.href = successor ?? "/";
  link.textContent = successor ? "打开取代它的文章" : "回到查找";
  notice.append("这篇文章已被删除或改了编号，下面是最后看到的内容。", link);
  main.querySelector(".sheet").prepend(notice);
}

function swap(content) {
  if (content.querySelector(".sheet").dataset.version === shown() && !main.querySelector(".gone")) {
    return;
  }
  const place = places();
  const text = textShown();
  const wasBroken = main.querySelector("#findings[data-broken]") !== null;
  const before = parts();
  const open = new Set([...before].filter(([, part]) => part.open).map(([name]) => name));
  const focus = [...before].find(([, part]) => part === document.activeElement)?.[0];

  main.replaceChildren(content);
  document.title = `${document.getElementById("article-title").textContent} · 救急`;
  document.dispatchEvent(new Event("jiuji:swap"));

  const isBroken = main.querySelector("#findings[data-broken]") !== null;
  for (const [name, part] of parts()) {
    // A save that breaks the file unfolds its findings; else the reader decides.
    const isNews = !before.has(name) || (part.id === "findings" && isBroken !== wasBroken);
    if (part.localName === "details" && !isNews) part.open = open.has(name);
    if (name === focus) part.focus({ preventScroll: true });
  }
  restore(place);
  if (textShown() !== text) {
    document.dispatchEvent(new CustomEvent("jiuji:say", { detail: "文章有改动，已更新" }));
  }
}

function textShown() {
  return ["#article-title", ".prose"].map((part) => main.querySelector(part).textContent).join();
}

/** What can be unfolded or focused, by names that survive a swap: kind, text, which of several. */
function parts() {
  const names = new Map();
  for (const part of main.querySelectorAll(PARTS)) {
    const text = part.id || (part.closest("label") ?? part.querySelector("summary") ?? part).textContent;
    const name = `${part.localName} ${text.trim()}`;
    let n = 1;
    while (names.has(`${name} ${n}`)) n += 1;
    names.set(`${name} ${n}`, part);
  }
  return names;
}

/** Where headings stand, best first: the next one when it is in sight, then those before. */
function places() {
  const all = [...main.querySelectorAll(":is(h1, h2, h3, h4, h5)[id]")].map((heading) => ({
    id: heading.id,
    top: heading.getBoundingClientRect().top,
  }));
  const above = all.filter(({ top }) => top <= 0).reverse();
  const next = all.find(({ top }) => top > 0);
  if (!next) return above;
  return next.top < innerHeight / 2 ? [next, ...above] : [...above, next];
}

/** Puts the heading that was in view where it was; when it is gone, the one before it. */
function restore(places) {
  if (scrollY === 0) return;
  for (const { id, top } of places) {
    const heading = document.getElementById(id);
    if (!heading) continue;
    scrollBy({ top: heading.getBoundingClientRect().top - top, behavior: "instant" });
    return;
  }
}

document.addEventListener("jiuji:online", (event) => {
  event.preventDefault();
  refresh().catch(() => {});
});
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
addEventListener("pagehide", close);
addEventListener("pageshow", open);
open();
