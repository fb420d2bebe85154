// The events of one type, page by page; what is new is offered and never moves what is being read.

import { events, ProblemError } from "./api.js";
import { address, h, link, say } from "./dom.js";
import { moment } from "./times.js";

const EVERY = 3_000; // milliseconds between looks for new events
const NAMES = ["type", "from", "to", "order"];

/** Fills `content` with the first page that the address asks for. */
export async function listView(content, parameters, { signal, go }) {
  const asked = Object.fromEntries(NAMES.map((name) => [name, parameters.get(name) || null]));
  const first = await events(asked, signal);
  const rows = h("ol", { class: "events" });
  const further = h("button", { type: "button" }, "Older events");
  if (asked.order === "asc") further.textContent = "Later events";
  const add = (page) => {
    rows.append(...page.events.map(row));
    further.hidden = page.next === null;
    further.onclick = async () => add(await events({ ...asked, cursor: page.next }, signal));
  };
  const fresh = h("button", { type: "button", class: "fresh", hidden: true });
  content.replaceChildren(h("h1", {}, asked.type), form(asked, go), fresh, rows, further);
  if (!first.events.length) content.append(h("p", {}, "No event of this type is listed in this range."));
  add(first);
  if (asked.order !== "asc" && !asked.to) watch(asked, { rows, fresh, signal });
}

function row({ fields }) {
  return h(
    "li",
    { "data-id": fields.id },
    h("div", {}, link({ id: fields.id }, fields.id), moment(fields.recorded_at)),
    h("code", {}, (fields.payload ?? "").slice(0, 240)),
  );
}

function form(asked, go) {
  const filled = (name) => h("input", { name, value: asked[name], placeholder: "2026-01-31T00:00:00Z", pattern: "\\d{4}-\\d\\d-\\d\\d[Tt].+", title: "RFC 3339, such as 2026-01-31T00:00:00Z" });
  const order = h("select", { name: "order" }, h("option", { value: "" }, "newest first"), h("option", { value: "asc", selected: asked.order === "asc" }, "oldest first"));
  const submit = (submitted) => {
    submitted.preventDefault();
    const given = [...new FormData(submitted.target)].filter(([, value]) => value);
    go(address([["type", asked.type], ...given]));
  };
  return h("form", { class: "range", onsubmit: submit }, h("label", {}, "From ", filled("from")), h("label", {}, "To ", filled("to")),
    h("label", {}, "Order ", order), h("button", {}, "Show"));
}

function watch(asked, { rows, fresh, signal }) {
  let waiting = [];
  fresh.onclick = () => {
    rows.prepend(...waiting.map(row));
    waiting = [];
    fresh.hidden = true;
    rows.querySelector("a")?.focus();
    scrollTo(0, 0);
  };
  const look = async () => {
    try {
      const page = await events({ ...asked, limit: 50 }, signal);
      const known = new Set([...waiting.map((one) => one.fields.id), ...[...rows.children].slice(0, 200).map((one) => one.dataset.id)]);
      const late = page.events.filter((one) => !known.has(one.fields.id) && isNewer(one, rows));
      if (!late.length) return;
      waiting = [...late, ...waiting];
      fresh.textContent = `${waiting.length} new`;
      fresh.hidden = false;
      say(`${waiting.length} new events`);
    } catch (error) {
      if (!signal.aborted && !(error instanceof ProblemError)) throw error;
    }
  };
  const timer = setInterval(() => document.hidden || look(), EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function isNewer(one, rows) {
  const newest = rows.querySelector("time")?.dateTime ?? "";
  return one.fields.recorded_at >= newest;
}
