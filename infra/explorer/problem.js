// Shows an error of the API as its problem document has it.

import { h } from "./dom.js";

/** An alert for a ProblemError. */
export function problem(error) {
  const { title, type, errors, instance } = error.problem;
  return h(
    "section",
    { class: "problem", role: "alert" },
    h("h2", {}, `${title ?? "Error"}${error.status ? ` (${error.status})` : ""}`),
    h("p", {}, error.message),
    errors ? h("ul", {}, errors.map((one) => h("li", {}, typeof one === "string" ? one : JSON.stringify(one)))) : null,
    error.status === 401 || error.status === 403 ? h("p", {}, "This stage asks who calls, and this page bears no credentials.") : null,
    h("p", { class: "quiet" }, [type, instance].filter(Boolean).join(" · ")),
  );
}
