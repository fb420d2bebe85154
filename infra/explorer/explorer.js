// The page: its address says which view is shown, and links change the address.

import { ProblemError } from "./api.js";
import { address, h, say } from "./dom.js";
import { eventView } from "./event_view.js";
import { listView } from "./list_view.js";
import { postView } from "./post_view.js";
import { problem } from "./problem.js";
import { typesView } from "./types_view.js";

const main = document.getElementById("main");
let leaving = new AbortController();

function viewOf(parameters) {
  if (parameters.has("id")) return eventView;
  if (parameters.has("type")) return listView;
  return parameters.has("post") ? postView : typesView;
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const parameters = new URLSearchParams(location.search);
  const content = h("div", { class: "view" }, h("p", { class: "quiet" }, "Loading…"));
  main.replaceChildren(content);
  try {
    await viewOf(parameters)(content, parameters, { signal, go });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ProblemError)) throw error;
    content.replaceChildren(h("h1", {}, "That did not work"), problem(error));
  }
  if (signal.aborted) return;
  const title = content.querySelector("h1").textContent;
  document.title = `${title} – Event log`;
  say(title);
}

function go(target) {
  history.pushState(null, "", target);
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
  return show();
}

document.addEventListener("click", (click) => {
  const anchor = click.target.closest("a[data-link]");
  if (!anchor || click.button || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
  click.preventDefault();
  go(anchor.href);
});
document.getElementById("jump").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  go(address({ id: new FormData(submitted.target).get("id") }));
});
addEventListener("popstate", show);
show();
