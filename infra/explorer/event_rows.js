// Events as rows, in the order of their recording, each of them once.

import { chip, h, link } from "./dom.js";
import { moment } from "./times.js";

const SNIPPET = 240; // characters of a payload

/** The row of an event; `typed` shows its type too. */
export function row(event, { typed = false } = {}) {
  const { fields } = event;
  return h("li", { "data-at": place(event) },
    h("div", { class: "what" }, typed ? chip(fields.type) : null, link({ id: fields.id }, fields.id)),
    h("code", {}, (fields.payload ?? "").slice(0, SNIPPET)),
    moment(fields.recorded_at),
  );
}

/** Puts rows that `row` made, the newest first, where they belong among those of that order, and marks them alone as new. */
export function merge(rows, made) {
  for (const old of rows.querySelectorAll(".new")) old.classList.remove("new");
  let before = rows.firstElementChild;
  for (const one of made) {
    while (before && before.dataset.at > one.dataset.at) before = before.nextElementSibling;
    one.classList.add("new");
    rows.insertBefore(one, before);
  }
}

/** Where an event stands in a listing. */
export function place({ fields }) {
  return `${fields.recorded_at}#${fields.id}`;
}
