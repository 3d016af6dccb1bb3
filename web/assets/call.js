// One call: what was asked, done and chosen, in however many articles, and when. Kept for one
// shift, in this browser only.

import { copyAndSay } from "./copy.js";
import { fill, time } from "./report.js";

const KEY = "jiuji:call";
const KEEP_MS = 8 * 3600e3;
const ASK_MS = 4000;
const INPUTS = "#strategy input";

const element = (id) => document.getElementById(id);
const ticket = element("ticket");
const dialog = element("report");
const area = dialog.querySelector("textarea");

// Where storage is forbidden or full, the record lasts as long as the page.
let memory = null;

function read() {
  let call = memory;
  try {
    call ??= JSON.parse(localStorage.getItem(KEY));
  } catch {
    // No storage, or something else stands there.
  }
  const isFresh = Date.now() - call?.at < KEEP_MS && Array.isArray(call.marks);
  return isFresh ? call : { at: 0, start: 0, ticket: "", articles: [], marks: [] };
}

function write(call) {
  memory = null;
  try {
    localStorage.setItem(KEY, JSON.stringify(call));
  } catch {
    memory = call;
  }
  show();
}

/** Changes the record as it stands now: another tab may have changed it. */
function change(edit) {
  const call = read();
  edit(call);
  call.at = Date.now();
  call.start ||= call.at;
  write(call);
}

/** Puts down what is known of the article shown. */
function note({ articles }) {
  const article = { ...element("strategy")?.dataset };
  const at = articles.findIndex(({ id }) => id === article.id);
  if (article.id) articles.splice(at < 0 ? articles.length : at, 1, article);
}

function put({ checked, name, type, value }) {
  const { id } = element("strategy").dataset;
  const others = (mark) =>
    mark.id !== id || mark.name !== name || (type !== "radio" && mark.value !== value);
  change((call) => {
    call.marks = call.marks.filter(others);
    if (!checked) return;
    note(call);
    call.marks.push({ id, name, value, at: Date.now() });
  });
}

function show() {
  const { marks, start, ticket: number } = read();
  const mine = marks.filter(({ id }) => id === element("strategy")?.dataset.id);
  for (const input of document.querySelectorAll(INPUTS)) {
    input.checked = mine.some(({ name, value }) => name === input.name && value === input.value);
  }
  if (document.activeElement !== ticket) ticket.value = number;
  const branches = marks.filter(({ name }) => name.startsWith("branch")).length;
  element("call-state").textContent = start
    ? `${time(start)} 开始 · 勾选 ${marks.length - branches} · 分支 ${branches}`
    : "勾选和分支会记在这里";
}

/** Goes on to the step that a branch leads to, if it leads nowhere else. */
function follow(branch) {
  const [link, other] = branch.querySelectorAll(".leads a");
  const step = !other && link?.hash && element(link.hash.slice(1));
  if (!step) return;
  step.focus({ preventScroll: true });
  step.scrollIntoView({ behavior: "instant" });
}

function takeBack(button) {
  const radio = button.closest(".branch").querySelector("input");
  radio.checked = false;
  put(radio);
  radio.focus();
}

function clear(button) {
  const asked = button.textContent !== "清空";
  button.textContent = asked ? "清空" : "确定清空？";
  if (asked) write(null);
  else setTimeout(() => (button.textContent = "清空"), ASK_MS);
}

async function give(what) {
  const call = read();
  if (call.articles.length === 0) note(call);
  const { textContent, dataset } = element(`${what}-text`) ?? {};
  if (dataset) return copyAndSay(fill(textContent, call), dataset.what);
  const template = await fetch(dialog.dataset.template).then(
    (answer) => answer.text(),
    () => element("record-text").textContent,
  );
  area.value = fill(template, call);
  dialog.showModal();
  area.setSelectionRange(0, 0);
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches(INPUTS)) return;
  put(target);
  if (target.type === "radio") follow(target.closest(".branch"));
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-call], [data-report], [data-rechoose]");
  const { call: what, report } = button?.dataset ?? {};
  if (what === "clear") clear(button);
  else if (what) give(what);
  else if (report === "copy") copyAndSay(area.value, "问题汇报");
  else if (report) button.href = URL.createObjectURL(new Blob([area.value]));
  else if (button) takeBack(button);
});

ticket.addEventListener("input", () => change((call) => (call.ticket = ticket.value.trim())));
addEventListener("storage", show);
document.addEventListener("jiuji:swap", show);

show();
