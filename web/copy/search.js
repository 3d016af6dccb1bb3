// Searches the copy while somebody types: what lookup.js finds in the data, as cards. The data
// stand in COPY, which data.js defines.

import { fragment } from "./html.js";

const LIMIT = 10;

const form = document.getElementById("search");
const box = document.getElementById("q");
const found = document.getElementById("found");
const heading = document.getElementById("found-heading");
const list = found.querySelector(".hit-list");
const overview = document.getElementById("overview");
const announce = document.getElementById("announce");

const prepared = prepare(COPY.articles);
const simplified = new Map([...COPY.simplified.matchAll(/(.)(.)/gu)].map(([, from, to]) => [from, to]));
const sounds = new Map();
for (const [sound, characters] of Object.entries(COPY.sounds)) {
  for (const character of characters) sounds.set(character, sound);
}

/** The query in simplified characters, and how those pairs sound that no article has. */
function widened(query) {
  const plain = [...query.normalize("NFKC")].map((c) => simplified.get(c) ?? c).join("");
  const isKnown = (pair) => prepared.some(({ fields }) => fields.some((f) => f.includes(pair)));
  const heard = [];
  for (const run of plain.match(/\p{sc=Han}{2,}/gu) ?? []) {
    const all = [...run];
    for (let i = 1; i < all.length; i++) {
      const pair = [all[i - 1], all[i]];
      const sound = pair.map((c) => sounds.get(c));
      if (sound.every(Boolean) && !isKnown(pair.join(""))) heard.push(sound.join(""));
    }
  }
  return [plain, ...heard].join(" ");
}

function show(query) {
  const hits = query ? lookup(prepared, widened(query), LIMIT) : [];
  found.hidden = !query;
  overview.hidden = hits.length > 0;
  list.replaceChildren(fragment(hits.map(({ card }) => card).join("")));
  heading.textContent = hits[0]
    ? `最接近的 ${hits.length} 篇`
    : "没有找到。换一种说法，例如来电人的原话或屏幕上的报错代码，或从下面的分类里找";
  announce.textContent = query ? `${heading.textContent}${hits[0] ? `，第一篇：${hits[0].title}` : ""}` : "";
  document.title = `${query || "应急策略检索"} · 救急`;
}

function typed() {
  const query = box.value.trim();
  show(query);
  const { pathname } = location;
  history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : pathname);
}

box.addEventListener("input", typed);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  list.querySelector(".hit-link")?.focus();
});

// What comes from another page stands in the address; a browser may have kept something else.
box.value = new URLSearchParams(location.search).get("q") ?? box.value;
if (box.value) typed();
