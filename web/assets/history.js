// Below an article: its last change, and those before it folded away. Fetched when the page is
// there, for it is git that is asked; where it knows nothing, nothing is shown.

let known = null;

function element(name, text, ...children) {
  const node = document.createElement(name);
  node.append(text, ...children);
  return node;
}

function day({ date }) {
  const time = element("time", date.slice(0, 10));
  time.dateTime = date;
  return time;
}

function folded({ changes, truncated }) {
  const [last] = changes;
  const list = document.createElement("ol");
  for (const change of changes) {
    list.append(element("li", day(change), ` ${change.subject} `, element("code", change.hash)));
  }
  if (truncated) list.append(element("li", "更早的修改不在这里"));
  return element("details", element("summary", "上次修改 ", day(last), ` ${last.subject}`), list);
}

function show(place) {
  if (!known.available || (known.changes.length === 0 && known.truncated)) place.remove();
  else if (known.changes.length === 0) place.replaceChildren("还没有提交过，没有修改记录");
  else place.replaceChildren(folded(known));
}

async function fill() {
  const place = document.querySelector("[data-history]");
  if (!place) return;
  // After a swap: what was known, at once; then what has become of it.
  if (known) show(place);
  try {
    const response = await fetch(place.dataset.history);
    if (!response.ok) return;
    const answer = await response.json();
    if (JSON.stringify(answer) === JSON.stringify(known)) return;
    known = answer;
  } catch {
    return;
  }
  const open = place.querySelector("details")?.open;
  show(place);
  const details = place.querySelector("details");
  if (open && details) details.open = true;
}

document.addEventListener("jiuji:swap", fill);
fill();
