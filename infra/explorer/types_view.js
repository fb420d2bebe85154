// Every type of event, with when it was first and last seen and how often lately.

import { types } from "./api.js";
import { chip, h, link } from "./dom.js";
import { furtherPages } from "./pages.js";
import { sparkline } from "./sparkline.js";
import { moment } from "./times.js";

const EVERY = 3_000; // milliseconds between looks for the first event

/** Fills `content` with a page of types, and further ones on request. */
export async function typesView(content, _parameters, { signal, again }) {
  const first = await types(null, signal);
  if (!first.types.length) {
    content.append(h("h1", {}, "Types"), ...nothing());
    untilThereIsOne(content, signal, again);
    return;
  }
  const rows = h("tbody");
  const seen = sparklinesWhenSeen(signal);
  const add = (page) => {
    const made = page.types.map((one) => row(one, seen));
    rows.append(...made);
    return made[0];
  };
  add(first);
  const cells = ["Type", "Latest events", "Last seen", "First seen"].map((name) => h("th", { scope: "col" }, name));
  const refresh = h("button", { type: "button", onclick: again }, "Refresh");
  content.append(
    h("div", { class: "row spread" }, h("h1", {}, "Types"), refresh),
    h("table", { class: "card" }, h("thead", {}, h("tr", {}, cells)), rows),
    furtherPages("More types", first.next, { load: (cursor) => types(cursor, signal), add, signal }),
  );
}

function row(one, seen) {
  const spark = h("td", { class: "spark", "data-type": one.type });
  seen.observe(spark);
  return h("tr", {}, h("th", { scope: "row" }, link({ type: one.type }, chip(one.type))), spark,
    h("td", { "data-label": "Last seen" }, moment(one.last_seen)), h("td", { "data-label": "First seen" }, moment(one.first_seen)));
}

function sparklinesWhenSeen(signal) {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      sparkline(target, target.dataset.type, signal);
    }
  });
  signal.addEventListener("abort", () => seen.disconnect());
  return seen;
}

function nothing() {
  return [
    h("p", { class: "lead" }, "No event is listed yet. This page shows the first one as soon as it is."),
    h("p", {}, h("a", { class: "button main", href: "?post", "data-link": true }, "Post the first event")),
  ];
}

function untilThereIsOne(content, signal, again) {
  const look = async () => {
    if (signal.aborted) return;
    const page = document.hidden || !content.isConnected ? { types: [] } : await types(null, signal).catch(() => ({ types: [] })); // the next look tells
    if (page.types.length && content.isConnected && !signal.aborted) again();
    else setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
