// The only place that turns text into HTML; the text comes from our own server's templates.

const policy = globalThis.trustedTypes?.createPolicy("jiuji", { createHTML: (html) => html });

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}
