// As-you-type search: swaps the server's results in and keeps the address current. Answers
// "jiuji:choose" on a hit, announces "jiuji:swap" on the document.

import { fragment } from "./html.js";

// The first key searches at once; while keys come faster than this, only some do, and the last.
const SPACING_MS = 40;
const RETRY_MS = 2000;

const form = document.getElementById("search");
const box = document.getElementById("q");
const results = document.getElementById("results");
const announce = document.getElementById("announce");
const toast = document.getElementById("toast");
const panes = matchMedia("(min-width: 56rem)");

let sequence = 0;
let controller = null;
let timer = 0;
let sentAt = 0;
let shown = location.pathname + location.search;
// Whether a search for what stands in the box is due or under way.
let pending = false;
// Whether the address now shown must stay in the history when the next one comes.
let committed = false;
let imeEnter = false;

/** Address of the search that form and filters describe, from its first page. */
function current() {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value !== "") params.append(name, value);
  }
  const query = params.toString();
  return query ? `/?${query}` : "/";
}

function path(url) {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

function record(url, how) {
  shown = url;
  const { title } = document.getElementById("hits").dataset;
  document.title = `${title ?? "应急策略检索"} · 救急`;
  if (how === "none") return;
  if (how === "push" || committed) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  committed = how === "push";
}

/** Fetches `url` and shows it; true when it is shown, false when another request overtook it. */
async function load(url, { how = "replace", detailOnly = false } = {}) {
  clearTimeout(timer);
  controller?.abort();
  controller = new AbortController();
  sentAt = performance.now();
  const mine = ++sequence;
  pending ||= !detailOnly;
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, {
      headers: { "X-Fragment": "results" },
      signal: controller.signal,
    });
    const html = await response.text();
    if (mine !== sequence) return false;
    if (response.status >= 400 && response.status < 500 && response.status !== 429) {
      location.assign(url);
      return false;
    }
    if (!response.ok) throw new Error(`status ${response.status}`);
    swap(fragment(html), detailOnly);
  } catch (error) {
    if (mine === sequence && error.name !== "AbortError") retry(url, { how, detailOnly });
    return false;
  }
  if (!detailOnly) pending = false;
  toast.classList.remove("offline");
  record(path(url), how);
  results.removeAttribute("aria-busy");
  return true;
}

function retry(url, options) {
  toast.textContent = "暂时连不上服务器，看到的是上一次的结果，正在重试……";
  toast.classList.add("offline");
  timer = setTimeout(() => load(url, options), RETRY_MS);
}

function swap(content, detailOnly) {
  if (detailOnly) {
    const detail = document.getElementById("detail");
    detail.replaceChildren(...content.getElementById("detail").childNodes);
    detail.scrollTop = 0;
  } else {
    const focus = focused();
    const open = document.getElementById("filters")?.open;
    results.replaceChildren(content);
    openFilters(open);
    refocus(focus);
    announce.textContent = document.getElementById("hits").dataset.spoken;
  }
  document.dispatchEvent(new Event("jiuji:swap"));
}

/** What has the focus inside the results, in words that survive a swap. */
function focused() {
  const element = document.activeElement;
  if (!results.contains(element)) return null;
  return { key: element.dataset.key, hit: element.closest(".hit")?.dataset.id };
}

function refocus(focus) {
  if (!focus) return;
  const links = [...results.querySelectorAll("[data-key]")];
  const same = focus.key && links.find((link) => link.dataset.key === focus.key);
  const hits = [...results.querySelectorAll(".hit")];
  const hit = focus.hit && (hits.find((each) => each.dataset.id === focus.hit) ?? hits[0]);
  (same || hit?.querySelector(".hit-link") || box).focus({ preventScroll: true });
}

function openFilters(open) {
  const filters = document.getElementById("filters");
  // Browsers that cannot show closed details by style get them opened where there is room.
  const byStyle = CSS.supports("selector(::details-content)");
  filters.open = open || (!byStyle && panes.matches);
}

/** Opens a hit beside the list; on narrow screens there is no such place. */
function choose(hit, how) {
  if (!panes.matches) return;
  const known = hit.getAttribute("aria-current") === "true";
  for (const other of results.querySelectorAll(".hit[aria-current]")) {
    other.removeAttribute("aria-current");
  }
  hit.setAttribute("aria-current", "true");
  if (known && how !== "push") return;
  load(withTyped(hit.dataset.show), { how, detailOnly: !pending });
}

/** A link of the results, for what stands in the box when the results are older than that. */
function withTyped(link) {
  const url = new URL(link, location.href);
  if (pending) url.searchParams.set("q", box.value);
  return path(url);
}

/** Shows what is typed at once, keeps it in the history and moves on to the hits. */
async function commit() {
  if (pending && !(await load(current()))) return;
  committed = true;
  const hit = results.querySelector(".hit[aria-current]") ?? results.querySelector(".hit");
  hit?.querySelector(".hit-link").focus({ preventScroll: true });
}

function typed() {
  pending = true;
  clearTimeout(timer);
  const wait = sentAt + SPACING_MS - performance.now();
  if (wait <= 0) load(current());
  else timer = setTimeout(() => load(current()), wait);
}

box.addEventListener("input", typed);

box.addEventListener("keydown", (event) => {
  imeEnter = event.key === "Enter" && (event.isComposing || event.keyCode === 229);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!imeEnter) commit();
});

results.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a, button, summary, label");
  if (link?.matches("a[data-swap]")) {
    event.preventDefault();
    load(withTyped(link.href), { how: "push" }).then((done) => done && scrollTo({ top: 0 }));
    return;
  }
  const hit = event.target.closest(".hit");
  // A click made by the keyboard (detail 0) opens the page, as a link does.
  if (!hit || !panes.matches || event.detail === 0) return;
  if (link && !link.matches(".hit-link")) return;
  if (!getSelection().isCollapsed) return;
  event.preventDefault();
  hit.querySelector(".hit-link").focus({ preventScroll: true });
  choose(hit, "push");
});

results.addEventListener("jiuji:choose", ({ target }) => {
  if (target.matches(".hit")) choose(target, "replace");
});

document.addEventListener("jiuji:online", (event) => {
  event.preventDefault();
  if (!pending) load(shown, { how: "none" });
});

addEventListener("popstate", () => {
  const url = location.pathname + location.search;
  if (url === shown) return;
  box.value = new URLSearchParams(location.search).get("q") ?? "";
  committed = false;
  load(url, { how: "none" });
});

openFilters(false);
// The next words replace those of the last call; the cursor would stand before them.
if (document.activeElement === box) box.select();
// A browser may restore what was typed although the page is that of an older query.
if (box.value !== (new URLSearchParams(location.search).get("q") ?? "")) typed();
