// The article shown: copies it and its parts, prints it.

import { copyAndSay, say } from "./copy.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-copy-code], [data-copy-text], [data-print]");
  if (!button) return;
  const { copyText, what, print: part } = button.dataset;
  if (part !== undefined) {
    if (part) document.body.dataset.printing = part;
    print();
  } else if (copyText !== undefined) {
    copyAndSay(copyText, what);
  } else if (button.matches("[data-copy-code]")) {
    copyAndSay(button.parentElement.querySelector("pre").textContent.trimEnd(), "这一段");
  } else {
    copyAndSay(document.querySelector("[data-strategy-text]").textContent, "应急策略");
  }
});

addEventListener("afterprint", () => delete document.body.dataset.printing);

document.addEventListener("jiuji:say", (event) => say(event.detail));
