// Shows errors of the API as their problem documents have them.

import { ProblemError } from "./api.js";
import { h } from "./dom.js";

/** An alert for a ProblemError. */
export function problem(error) {
  const { title, type, errors, instance } = error.problem;
  const page = /^https?:/.test(type ?? "") ? h("a", { href: type }, "What this means") : null;
  return h("section", { class: "problem", role: "alert" },
    h("h2", {}, `${title ?? "Error"}${error.status ? ` (${error.status})` : ""}`),
    error.message === title ? null : h("p", {}, error.message),
    errors ? h("ul", {}, errors.map((one) => h("li", {}, one.field ? `${one.field}: ${one.message}` : JSON.stringify(one)))) : null,
    h("p", { class: "quiet" }, page, page && instance ? " · " : null, instance),
  );
}

/** Does something that asks the API; a failure is shown in `place`, with a button to try again. */
export async function trying(place, signal, attempt) {
  const told = place.querySelector(".failure");
  try {
    await attempt();
    told?.remove();
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ProblemError)) throw error;
    if (told?.dataset.said === error.message) return; // it is there, and was read out
    told?.remove();
    const again = h("button", { type: "button", onclick: () => trying(place, signal, attempt) }, "Try again");
    place.append(h("span", { class: "failure", role: "alert", "data-said": error.message }, `${error.message} `, again));
  }
}
