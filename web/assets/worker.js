// Answers for a server that is out of reach, from the bundle it made for that. In front of this
// stand lookup.js and the constants FINGERPRINT, ASSETS and HEADERS.

const BUNDLE = "/offline.json";
const CHECKED = "/checked";
const CHECK_MS = 300_000;
const RETRY_MS = 30_000;
const PATIENCE_MS = 4000;
// Who was out of reach just now is not waited for that long again.
const IMPATIENCE_MS = 1500;

let patience = PATIENCE_MS;
let due = 0;
let kept = null;

const store = () => caches.open(FINGERPRINT);

addEventListener("install", (event) => {
  skipWaiting();
  const assets = store().then((cache) => cache.addAll(ASSETS));
  // Goes on without the bundle: the next answer of the server makes it ask again.
  event.waitUntil(assets.then(() => keep().catch(() => {})));
});

addEventListener("activate", (event) => event.waitUntil(takeOver()));

addEventListener("fetch", (event) => {
  const { method, mode, headers } = event.request;
  const { origin, pathname } = new URL(event.request.url);
  if (method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
  if (/^\/(api|media|livez|readyz|metrics)\b/.test(pathname)) return;
  if (mode === "navigate" || headers.has("X-Fragment")) event.respondWith(page(event));
});

async function takeOver() {
  for (const name of await caches.keys()) if (name !== FINGERPRINT) await caches.delete(name);
  await clients.claim();
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** What the server says, whatever it is; when it says nothing, what is kept. */
async function page(event) {
  const online = fetch(event.request);
  event.waitUntil(online.then(reached).catch(() => {}));
  try {
    return await Promise.race([online, new Promise((_, no) => setTimeout(no, patience))]);
  } catch (error) {
    const html = error?.name !== "AbortError" && (await offline(event.request));
    if (!html) return online;
    patience = IMPATIENCE_MS;
    return new Response(html, { headers: HEADERS });
  }
}

async function reached() {
  patience = PATIENCE_MS;
  if (Date.now() > due) await keep();
}

/** Fetches the bundle unless the one that is kept is still right. */
async function keep() {
  due = Date.now() + RETRY_MS;
  const cache = await store();
  const etag = (await cache.match(BUNDLE))?.headers.get("ETag") ?? "";
  const response = await fetch(BUNDLE, { cache: "no-store", headers: { "If-None-Match": etag } });
  if (response.ok) await cache.put(BUNDLE, response);
  else if (response.status !== 304) return;
  await cache.put(CHECKED, new Response(new Date().toLocaleString("sv").slice(0, 16)));
  due = Date.now() + CHECK_MS;
  kept = null;
}

async function read() {
  const [bundle, time] = await Promise.all([BUNDLE, CHECKED].map((name) => caches.match(name)));
  const { articles, shells } = await bundle.json();
  return { articles, shells, time: await time.text(), prepared: prepare(articles) };
}

/** The page that is asked for, or the part of it; nothing when there is none. */
async function offline({ url, headers }) {
  const { pathname, searchParams } = new URL(url);
  const isPart = headers.has("X-Fragment");
  const bundle = await (kept ??= read().catch(() => null));
  if (!bundle?.shells) return (kept = null);
  const { articles, shells, time } = bundle;
  if (pathname === "/") {
    const query = searchParams.get("q") ?? "";
    const main = results(bundle, query, searchParams.get("show"));
    return isPart ? main : fill(shells.search, { main, time, query: escape(query) });
  }
  const article = articles.find((each) => each.url === pathname);
  if (isPart) return article?.page;
  if (!article) return fill(shells.message, { time });
  return fill(shells.article, { main: article.page, time, title: escape(article.title) });
}

function results({ articles, prepared, shells, time }, query, show) {
  const found = lookup(prepared, query, 10);
  const hits = found[0] ? found : articles.slice(0, 10);
  const shown = articles.find(({ id }) => id === show) ?? hits[0];
  const heading = shells[found[0] ? "found" : query.trim() ? "nothing" : "listed"];
  const card = (hit) => {
    const current = hit === shown ? ' aria-current="true"' : "";
    return fill(hit.card, { query: encodeURIComponent(query), current });
  };
  const gaps = { heading, time, hits: hits.map(card).join(""), detail: shown.pane };
  return fill(shells.results, gaps);
}

/** Puts HTML into the gaps of a page; what is put in is not looked through. */
function fill(shell, gaps) {
  return shell.replace(/~~(\w+)~~/g, (gap, name) => gaps[name] ?? gap);
}

function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt()};`);
}
