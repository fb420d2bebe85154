// The page: its address says which view is shown, and links change the address.

import { ProblemError } from "./api.js";
import { address, h, say } from "./dom.js";
import { eventView } from "./event_view.js";
import { listView } from "./list_view.js";
import { postView } from "./post_view.js";
import { problem } from "./problem.js";
import { searchView } from "./search_view.js";
import { isSignedIn, use } from "./session.js";
import { signInForm, signInView } from "./sign_in.js";
import { asksWhoCalls, readStage, stage } from "./stage.js";
import { keepTime } from "./times.js";
import { typesView } from "./types_view.js";

const main = document.getElementById("main");
const jump = document.getElementById("jump-id");
let leaving = new AbortController();
let shown = null; // the query of the address that the view is of

function viewOf(parameters) {
  if (asksWhoCalls() && !isSignedIn()) return signInView;
  if (parameters.has("id")) return eventView;
  if (parameters.has("search")) return searchView;
  if (parameters.has("type")) return listView;
  return parameters.has("post") ? postView : typesView;
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  shown = location.search;
  const parameters = new URLSearchParams(shown);
  const content = h("div", { class: "view" });
  main.setAttribute("aria-busy", "true");
  try {
    await viewOf(parameters)(content, parameters, { signal, go, again: show });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ProblemError)) throw error;
    content.replaceChildren(h("h1", {}, "That did not work"), problem(error), afterwards(error));
  }
  if (signal.aborted) return;
  main.replaceChildren(content);
  main.removeAttribute("aria-busy");
  const title = content.querySelector("h1").textContent;
  document.title = `${title} – Event log`;
  markCurrent(parameters);
  say(title);
}

function markCurrent(parameters) {
  const named = ["search", "post"].find((name) => parameters.has(name)) ?? "";
  for (const one of document.querySelectorAll("nav a[data-link]")) {
    if (one.search.slice(1) === named) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
}

function afterwards({ status }) {
  const refused = status === 401 || status === 403;
  return refused && asksWhoCalls() ? signInForm(show) : h("p", {}, h("button", { type: "button", onclick: show }, "Try again"));
}

function go(target) {
  history.pushState(null, "", target);
  main.focus({ preventScroll: true });
  return show().then(() => scrollTo(0, 0));
}

document.addEventListener("click", (click) => {
  const anchor = click.target.closest("a[data-link]");
  if (!anchor || click.button || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return;
  click.preventDefault();
  go(anchor.href);
});
document.addEventListener("keydown", (key) => {
  const types = key.target.closest("input, textarea, select");
  if (key.key === "/" && !types && !key.metaKey && !key.ctrlKey && !key.altKey) {
    key.preventDefault();
    jump.select();
    jump.focus();
  } else if (key.key === "Escape" && key.target === jump) {
    jump.value = "";
    main.focus({ preventScroll: true });
  }
});
document.getElementById("jump").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  go(address({ id: jump.value }));
});
document.getElementById("leave").addEventListener("click", () => {
  use(null);
  show();
});
addEventListener("popstate", () => location.search === shown || show()); // a skip link moves within the view

async function start() {
  try {
    await readStage();
  } catch (error) {
    main.replaceChildren(h("h1", {}, "The page does not know its API"), h("p", { role: "alert" }, error.message));
    return;
  }
  document.getElementById("stage").textContent = stage.stage;
  document.getElementById("docs").href = new URL("docs", stage.api);
  for (const one of document.querySelectorAll("[data-when]")) one.hidden = !stage[one.dataset.when];
  keepTime();
  await show();
}

start();
