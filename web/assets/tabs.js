// The scripts of the channels as tabs, and arrow keys for tabs and branches.
// Answers "jiuji:script" on a script by showing it.

const MOVES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

// What was chosen last, and in which article: a swap of the same article keeps it.
let last = {};

const tabs = () => [...document.querySelectorAll("#strategy [role=tab]")];

function select(channel) {
  for (const tab of tabs()) {
    const on = tab.value === channel;
    const panel = document.getElementById(`script-${tab.value}`);
    panel.setAttribute("role", "tabpanel");
    panel.hidden = !on;
    tab.setAttribute("aria-selected", on);
    tab.tabIndex = on ? 0 : -1;
  }
  last = { id: document.getElementById("strategy")?.dataset.id, channel };
}

/** Shows the script that an element is or stands in. */
function reveal(element) {
  const script = element?.closest("[data-channel]");
  if (script) select(script.dataset.channel);
  return script;
}

function start() {
  const { id, first } = document.getElementById("strategy")?.dataset ?? {};
  const isThere = last.id === id && tabs().some(({ value }) => value === last.channel);
  select(isThere ? last.channel : first);
}

const target = (hash) => document.getElementById(decodeURIComponent(hash.slice(1)));

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  const link = event.target.closest("a[href^='#']");
  if (tab) select(tab.value);
  else if (link) reveal(target(link.hash));
});

document.addEventListener("keydown", (event) => {
  const move = MOVES[event.key];
  const at = event.target;
  const isTab = at.matches("[role=tab]");
  if (!move || !(isTab || at.matches(".choice input"))) return;
  event.preventDefault();
  const all = isTab ? tabs() : [...document.getElementsByName(at.name)];
  const next = all.at((all.indexOf(at) + move) % all.length);
  // Branches are only moved through: to choose one leads away from the others.
  if (isTab) select(next.value);
  next.focus();
});

document.addEventListener("jiuji:script", (event) => reveal(event.target));
document.addEventListener("jiuji:swap", start);

start();
if (location.hash) reveal(target(location.hash))?.scrollIntoView();
