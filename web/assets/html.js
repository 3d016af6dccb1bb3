// The only place that turns text into HTML; the text comes from our own server's templates.

const policy = globalThis.trustedTypes?.createPolicy("jiuji", {
  createHTML: (html) => html,
  // Whatever is asked for: there is one script that a page starts by itself.
  createScriptURL: () => "/sw.js",
});

/** The address of the worker, as `register()` takes it. */
export const workerUrl = policy?.createScriptURL("") ?? "/sw.js";

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}
