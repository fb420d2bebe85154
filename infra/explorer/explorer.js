// The page: its address says which view is shown, and links change the address.

import { address, focusMain, h, say } from "./dom.js";
import { eventView } from "./event_view.js";
import { forgetAll, keep, keptView } from "./kept_views.js";
import { listView } from "./list_view.js";
import { postView } from "./post_view.js";
import { isRefused, known, problem } from "./problem.js";
import { searchView } from "./search_view.js";
import { isSignedIn, use } from "./session.js";
import { signInForm, signInView } from "./sign_in.js";
import { asksWhoCalls, readStage, stage } from "./stage.js";
import { refreshTimes } from "./times.js";
import { typesView } from "./types_view.js";

const main = document.getElementById("main");
const jump = document.getElementById("jump-id");
let [current, loading] = [null, null]; // the view that is shown, and the one that is to be

function viewOf(parameters) {
  if (asksWhoCalls() && !isSignedIn()) return signInView;
  if (parameters.has("id")) return eventView;
  if (parameters.has("search")) return searchView;
  if (parameters.has("type")) return listView;
  return parameters.has("post") ? postView : typesView;
}

/** Makes the view of the address; whether it is shown, and no other came before it. */
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
  } catch (thrown) {
    if (signal.aborted) return false;
    const error = known(thrown);
    view.content.replaceChildren(h("h1", {}, "That did not work"), problem(error), afterwards(error));
  }
  if (!signal.aborted) put(view);
  return !signal.aborted;
}

function put(view) {
  current = view;
  loading = null;
  const hadFocus = main.contains(document.activeElement);
  main.replaceChildren(view.content);
  if (hadFocus) focusMain();
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
  const view = keptView(history.state);
  if (!view) return show();
  loading?.controller.abort();
  put(view);
  scrollTo(0, view.y); // nearly: the rows' heights are guessed until they are seen
  if (view.focus?.isConnected) view.focus.focus();
  else focusMain();
}

function markCurrent(parameters) {
  const named = ["search", "post"].find((name) => parameters.has(name)) ?? "";
  for (const one of document.querySelectorAll("nav a[data-link]")) {
    if (one.search.slice(1) === named) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
}

function afterwards(error) {
  return isRefused(error) ? signInForm(show) : h("p", {}, h("button", { type: "button", onclick: show }, "Try again"));
}

async function go(target) {
  note();
  history.pushState(crypto.randomUUID(), "", target);
  focusMain();
  if (await show()) scrollTo(0, 0);
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
    focusMain();
  }
});
document.getElementById("jump").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  go(address({ id: jump.value }));
});
document.getElementById("leave").addEventListener("click", () => {
  use(null);
  forgetAll();
  show();
});
addEventListener("credentials", () => forgetAll({ except: [current, loading] })); // so that Back shows nothing of who was there before
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
