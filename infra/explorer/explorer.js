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
import { refreshTimes } from "./times.js";
import { typesView } from "./types_view.js";

const main = document.getElementById("main");
const jump = document.getElementById("jump-id");
const KEPT = 10; // views that Back leads to as they were left, with all that was loaded
const kept = new Map(); // by the state of their history entries
let [current, loading] = [null, null]; // the view that is shown, and the one that is to be

function viewOf(parameters) {
  if (asksWhoCalls() && !isSignedIn()) return signInView;
  if (parameters.has("id")) return eventView;
  if (parameters.has("search")) return searchView;
  if (parameters.has("type")) return listView;
  return parameters.has("post") ? postView : typesView;
}

async function show() {
  const view = { content: h("div", { class: "view" }), controller: new AbortController(), state: history.state, y: 0 };
  loading?.controller.abort();
  loading = view;
  keep(view);
  main.setAttribute("aria-busy", "true");
  const { signal } = view.controller;
  const parameters = new URLSearchParams(location.search);
  try {
    await viewOf(parameters)(view.content, parameters, { signal, go, again: show });
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ProblemError)) throw error;
    view.content.replaceChildren(h("h1", {}, "That did not work"), problem(error), afterwards(error));
  }
  if (!signal.aborted) put(view);
}

function keep(view) {
  kept.get(history.state)?.controller.abort();
  kept.delete(history.state);
  kept.set(history.state, view);
  for (const key of [...kept.keys()].slice(0, -KEPT)) {
    kept.get(key).controller.abort();
    kept.delete(key);
  }
}

function put(view) {
  current = view;
  loading = null;
  main.replaceChildren(view.content);
  main.removeAttribute("aria-busy");
  const title = view.content.querySelector("h1").textContent;
  document.title = `${title} – Event log`;
  markCurrent(new URLSearchParams(location.search));
  refreshTimes();
  say(title);
}

function note() {
  if (current) Object.assign(current, { y: scrollY, focus: document.activeElement });
}

async function back() {
  if (history.state === null) return history.replaceState(current?.state ?? null, ""); // the skip link moves within the view
  note();
  const view = kept.get(history.state);
  if (!view?.content.hasChildNodes() || view.controller.signal.aborted) return show();
  loading?.controller.abort();
  put(view);
  scrollTo(0, view.y); // nearly: the rows' heights are guessed until they are seen
  if (view.focus?.isConnected) view.focus.focus();
  else main.focus({ preventScroll: true });
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
  note();
  history.pushState(crypto.randomUUID(), "", target);
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
  for (const { controller } of kept.values()) controller.abort(); // so that Back shows nothing
  show();
});
addEventListener("popstate", back);

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
  history.scrollRestoration = "manual";
  history.replaceState(crypto.randomUUID(), "");
  setInterval(() => document.hidden || refreshTimes(), 15_000);
  await show();
}

start();
