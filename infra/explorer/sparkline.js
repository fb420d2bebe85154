// How the latest events of a type lie in time: one page of its listing at most, whatever its size.

import { events } from "./api.js";
import { h } from "./dom.js";
import { trying } from "./problem.js";

const LATEST = 25; // whole events, with their payloads, for each type that is seen
const BARS = 24;
const SVG = "http://www.w3.org/2000/svg";

/** Fills a cell with bars, and with words for those who do not see them. */
export function sparkline(cell, type, signal) {
  return trying(cell, signal, async () => {
    const page = await events({ type, limit: LATEST }, signal);
    const times = page.events.map((one) => Date.parse(one.fields.recorded_at));
    if (times.length) cell.replaceChildren(...drawn(times, page.next !== null));
  });
}

function drawn(times, more) {
  const newest = times[0];
  const span = Math.max(newest - times.at(-1), 1);
  const counts = Array(BARS).fill(0);
  for (const time of times) counts[BARS - 1 - Math.min(BARS - 1, Math.floor(((newest - time) / span) * BARS))] += 1;
  const most = Math.max(...counts);
  const picture = svg("svg", { viewBox: `0 0 ${BARS * 5} 24`, "aria-hidden": "true" });
  counts.forEach((count, index) => {
    const height = count ? Math.max(2, (count / most) * 24) : 1;
    picture.append(svg("rect", { x: index * 5, y: 24 - height, width: 4, height, rx: 1, class: count ? "" : "none" }));
  });
  const said = times.length === 1 ? "1 event" : `${more ? "latest " : ""}${times.length} in ${duration(span / 1000)}`;
  return [picture, h("small", {}, said)];
}

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function duration(seconds) {
  const [unit, size] = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]].find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Math.max(1, Math.round(seconds / size))} ${unit}`;
}
