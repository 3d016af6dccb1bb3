// The texts that come out of a call: templates with what is known in place of `{{name|what}}`,
// and a marked gap for what is not.

const WORDS = { question: "已问", item: "已核对", step: "步已做", branch: "步选了" };

// Sweden writes dates as everybody sorts them.
const day = (at) => at && new Date(at).toLocaleString("sv").slice(0, 16);
export const time = (at) => day(at).slice(11);
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const lines = (list, line) => list.map(line).join("\n");

function said({ name, value }) {
  const [kind, step] = name.split("-");
  return `${step ? `第 ${step} ` : ""}${WORDS[kind]}：${value}`;
}

function known({ articles, at, marks, start, ticket }) {
  const section = ({ id, title, severity }) => {
    const mine = marks.filter((mark) => mark.id === id);
    const address = `${location.origin}/articles/${encodeURIComponent(id)}`;
    return `${title}（${severity}）\n${address}\n${lines(mine, (mark) => `${time(mark.at)} ${said(mark)}`)}`;
  };
  const done = marks.filter(({ name }) => name.includes("-"));
  return {
    ticket,
    start: day(start),
    last: day(at),
    sections: lines(articles, section),
    timeline: lines(marks, (mark) => `| ${time(mark.at)} | 服务台 | ${cell(said(mark))} | ${mark.id} |`),
    done: lines(done, (mark) => `- ${mark.id} ${said(mark)}`),
  };
}

/** A name is one of the record, else a field of its articles. */
export function fill(template, call) {
  const values = known(call);
  const field = (name) => [...new Set(call.articles.map((each) => each[name]))].filter(Boolean).join(name === "questions" ? "\n" : "；");
  return template.replace(
    /\{\{(\w+)\|(.*?)\}\}/g,
    (_, name, what) => (name in values ? values[name] : field(name)) || `【待补：${what}】`,
  );
}
