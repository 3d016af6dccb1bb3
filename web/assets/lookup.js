// Finds articles by plain text, without a server. A classic script, for the worker and for pages
// opened from a file.

function words(text) {
  return text.normalize("NFKC").toLowerCase().match(/\p{sc=Han}+|[\p{sc=Latin}\p{N}]+/gu) ?? [];
}

/** A Latin word by its beginning, for it may be typed half; Han characters in pairs. */
function tokens(word) {
  if (!/\p{sc=Han}/u.test(word)) return [` ${word}`];
  const all = [...word];
  return all[1] ? all.slice(1).map((next, i) => all[i] + next) : all;
}

/** Articles as `lookup` takes them; `fields` are names (one a line), summary and text. */
function prepare(articles) {
  return articles.map((article) => ({
    article,
    names: article.fields[0].split("\n").map((name) => words(name).join("")),
    fields: article.fields.map((field) => ` ${words(field).join(" ")}`),
  }));
}

/** The best articles, what is called exactly so first; of equals the one that came first. */
function lookup(prepared, query, limit) {
  const asked = words(query);
  const name = asked.join("");
  const scores = prepared.map(({ names }) => (name && names.includes(name) ? 1e6 : 0));
  for (const token of new Set(asked.flatMap(tokens))) {
    const at = prepared.map(({ fields }) => fields.findIndex((field) => field.includes(token)));
    const rarity = Math.log(1 + at.length / at.filter((field) => field >= 0).length);
    at.forEach((field, i) => field >= 0 && (scores[i] += rarity * [6, 2, 1][field]));
  }
  const found = [...scores.keys()].filter((i) => scores[i] > 0);
  found.sort((a, b) => scores[b] - scores[a] || a - b);
  return found.slice(0, limit).map((i) => prepared[i].article);
}
