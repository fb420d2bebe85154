// Which time and which order: quick choices, and exact ones for who needs them.

import { address, h, link } from "./dom.js";

const LAST = { "1h": ["Last hour", 3_600_000], "24h": ["Last day", 86_400_000], "7d": ["Last week", 604_800_000] };

/** `{from, to, order}` as the API takes them, out of an address; `last` counts from now. */
export function rangeOf(parameters) {
  const [from, to, order, last] = ["from", "to", "order", "last"].map((name) => parameters.get(name) || null);
  const since = last in LAST ? new Date(Date.now() - LAST[last][1]).toISOString() : null;
  return { from: from ?? since, to, order };
}

/** The choices; `kept` is what else the address has, `go` leads to the one that was made. */
export function rangeChoice(parameters, kept, go) {
  const [from, to, order, last] = ["from", "to", "order", "last"].map((name) => parameters.get(name) || null);
  const quick = [["Any time", null], ...Object.entries(LAST).map(([name, [label]]) => [label, name])].map(([label, name]) => {
    const one = link({ ...kept, order, last: name }, label);
    if (!from && !to && last === name) one.setAttribute("aria-current", "true");
    return one;
  });
  const asc = order === "asc";
  const other = link({ ...kept, from, to, last, order: asc ? null : "asc" }, asc ? "Oldest first ↑" : "Newest first ↓");
  other.setAttribute("aria-label", asc ? "Oldest first; show the newest first" : "Newest first; show the oldest first");
  return h("div", { class: "range" },
    h("div", { class: "segments", role: "group", "aria-label": "Time" }, quick),
    h("div", { class: "segments" }, other),
    h("details", { open: Boolean(from || to) }, h("summary", {}, "Exact times"), exact({ from, to, order }, kept, go)),
  );
}

function exact({ from, to, order }, kept, go) {
  const field = (name, label, value) =>
    h("label", {}, label, h("input", { name, value, placeholder: "2026-01-31T00:00:00Z", pattern: "\\d{4}-\\d\\d-\\d\\d[Tt].+", title: "RFC 3339, such as 2026-01-31T00:00:00Z", autocomplete: "off" }));
  const submit = (submitted) => {
    submitted.preventDefault();
    const given = Object.fromEntries([...new FormData(submitted.target)].filter(([, value]) => value));
    go(address({ ...kept, order, ...given }));
  };
  return h("form", { class: "row", onsubmit: submit }, field("from", "From", from), field("to", "Before", to), h("button", {}, "Show"));
}
