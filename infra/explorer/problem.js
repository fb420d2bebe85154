// Shows errors of the API as their problem documents have them.

import { ProblemError } from "./api.js";
import { focusMain, h } from "./dom.js";
import { signInDialog } from "./sign_in.js";
import { asksWhoCalls, stage } from "./stage.js";

/** Whether to say anew who calls would mend an error. */
export function isRefused({ status }) {
  return (status === 401 || status === 403) && asksWhoCalls();
}

/** The error itself where it is a ProblemError; any other is a slip of this page, which the console is told as well. */
export function known(error) {
  if (error instanceof ProblemError) return error;
  reportError(error);
  return new ProblemError(0, { title: "This page made a mistake", detail: String(error) });
}

/** An alert for a ProblemError; where the caller was refused and `retry` is given, it leads there by way of signing in. */
export function problem(error, retry = null) {
  const { title, type, errors, instance } = error.problem;
  const page = stage.docs && /^https?:/.test(type ?? "") ? h("a", { href: type }, "What this means") : null;
  return h("section", { class: "problem", role: "alert" },
    h("h2", {}, `${title ?? "Error"}${error.status ? ` (${error.status})` : ""}`),
    error.message === title ? null : h("p", {}, error.message),
    Array.isArray(errors) ? h("ul", {}, errors.map((one) => h("li", {}, one?.field ? `${one.field}: ${one.message}` : JSON.stringify(one)))) : null,
    h("p", { class: "quiet" }, page, page && instance ? " · " : null, instance),
    retry && isRefused(error) ? h("p", {}, remedy(error, retry)) : null,
  );
}

function remedy(error, retry) {
  const refused = isRefused(error);
  return h("button", { type: "button", onclick: () => (refused ? signInDialog(retry) : retry()) }, refused ? "Sign in" : "Try again");
}

/** Does something that asks the API; a failure is shown in `place`, with a button for another attempt. */
export async function trying(place, signal, attempt) {
  const told = place.querySelector(".failure");
  try {
    await attempt();
    remove(told);
  } catch (thrown) {
    if (signal.aborted) return;
    const error = known(thrown);
    if (told?.dataset.said === error.message) return; // it is there, and was read out
    remove(told);
    const again = remedy(error, () => trying(place, signal, attempt));
    place.append(h("span", { class: "failure", role: "alert", "data-said": error.message }, `${error.message} `, again));
  }
}

function remove(told) {
  if (told?.contains(document.activeElement)) focusMain();
  told?.remove();
}
