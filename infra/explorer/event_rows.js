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

/** Puts events, the newest first, where they belong among rows of that order; gives back the first new row. */
export function merge(rows, events) {
  let before = rows.firstElementChild;
  const made = events.map((event) => {
    const at = place(event);
    while (before && before.dataset.at > at) before = before.nextElementSibling;
    const one = row(event);
    one.classList.add("new");
    rows.insertBefore(one, before);
    return one;
  });
  return made[0];
}

/** Where an event stands in a listing. */
export function place({ fields }) {
  return `${fields.recorded_at}#${fields.id}`;
}
