// The events of one type, page by page; what is new is offered and never moves what is being read.

import { events } from "./api.js";
import { chip, h } from "./dom.js";
import { place, row } from "./event_rows.js";
import { following } from "./following.js";
import { furtherPages } from "./pages.js";
import { rangeChoice, rangeOf } from "./range.js";

/** Fills `content` with the first page that the address asks for. */
export async function listView(content, parameters, { signal, go, again }) {
  const type = parameters.get("type");
  const asked = { type, ...rangeOf(parameters) };
  const first = await events(asked, signal);
  const listed = { rows: h("ol", { class: "events" }), known: new Set(), end: "", newest: "" };
  const add = (page) => {
    const made = page.events.filter((one) => !listed.known.has(one.fields.id)).map((one) => row(one));
    listed.rows.append(...made);
    for (const one of page.events) listed.known.add(one.fields.id);
    listed.end = page.next === null ? "" : place(page.events.at(-1));
    listed.newest ||= page.events[0]?.fields.recorded_at ?? "";
    return made[0];
  };
  add(first);
  const ascends = asked.order === "asc";
  const load = (cursor) => events({ ...asked, cursor }, signal);
  const further = furtherPages(ascends ? "Later events" : "Older events", first.next, { load, add, signal });
  const follows = !ascends && !asked.to;
  content.append(
    h("h1", {}, chip(type)),
    rangeChoice(parameters, { type }, go),
    follows ? following(asked, listed, { signal, again }) : "",
    listed.rows,
    h("p", { class: "empty" }, asked.from || asked.to ? "No event of this type was recorded in this time." : "No event of this type is listed yet."),
    further,
  );
}
