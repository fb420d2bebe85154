// What a search finds, page by page.

import { events } from "./api.js";
import { address, h } from "./dom.js";
import { row } from "./event_rows.js";
import { furtherPages } from "./pages.js";
import { known, problem } from "./problem.js";
import { rangeChoice, rangeOf } from "./range.js";

/** The search for all events whose field of the envelope has a text. */
export function equals(field, text) {
  return { search: "", filter: `${field}:${/^[<>=]/.test(text) ? "=" : ""}${text}` };
}

/** Fills `content` with the question that the address has, and its first page of answers. */
export async function searchView(content, parameters, { signal, go, again }) {
  const kept = { search: "", q: parameters.get("q") || null, type: parameters.getAll("type").filter(Boolean), filter: parameters.getAll("filter").filter(Boolean) };
  content.append(h("h1", {}, "Search"), question(kept, parameters, go), rangeChoice(parameters, kept, go));
  const asked = { q: kept.q, type: kept.type, filter: kept.filter, ...rangeOf(parameters) };
  try {
    content.append(...(await found(asked, signal)));
  } catch (error) {
    if (signal.aborted) throw error;
    content.append(problem(known(error), again));
  }
}

async function found(asked, signal) {
  const first = await events(asked, signal, "search");
  const rows = h("ol", { class: "events" });
  const add = (page) => {
    const made = page.events.map((one) => row(one, { typed: true }));
    rows.append(...made);
    return made[0];
  };
  add(first);
  const load = (cursor) => events({ ...asked, cursor }, signal, "search");
  const empty = h("p", { class: "empty" }, "No event is found. Search follows the log within seconds; all words and all filters must be true of an event.");
  return [rows, empty, furtherPages("More events", first.next, { load, add, signal })];
}

function question({ q, type, filter }, parameters, go) {
  const field = (name, label, value, more) => h("label", {}, label, h("input", { name, value, autocomplete: "off", spellcheck: "false", ...more }));
  const submit = (submitted) => {
    submitted.preventDefault();
    const form = new FormData(submitted.target);
    const all = (name) => form.getAll(name).filter(Boolean);
    const [from, to, order, last] = ["from", "to", "order", "last"].map((name) => parameters.get(name));
    go(address({ search: "", q: form.get("q") || null, type: all("type"), filter: all("filter"), from, to, order, last }));
  };
  return h("form", { class: "card fields", role: "search", onsubmit: submit },
    field("q", "Words, or “several words” in quotation marks", q, { type: "search", maxlength: 256 }),
    h("div", { class: "row" },
      [...type, ""].map((one, index) => field("type", index ? "or type" : "Type", one, { maxlength: 256, placeholder: "order.placed" })),
      [...filter, ""].map((one, index) => field("filter", index ? "and filter" : "Filter", one, { placeholder: "payload.order.total:>=10" })),
    ),
    h("p", {}, h("button", { class: "main" }, "Search")),
  );
}
