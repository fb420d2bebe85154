// How the latest events of a type lie in time: one page of its listing at most, whatever its size.

import { events, ProblemError } from "./api.js";

const LATEST = 100;
const BARS = 24;
const SVG = "http://www.w3.org/2000/svg";

/** Fills a cell with bars, and with words for those who do not see them. */
export async function sparkline(cell, type, signal) {
  try {
    const page = await events({ type, limit: LATEST }, signal);
    draw(cell, page.events.map((one) => Date.parse(one.fields.recorded_at)), page.next !== null);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ProblemError)) throw error;
    cell.textContent = "not known";
  }
}

function draw(cell, times, more) {
  const newest = times[0];
  const span = Math.max(newest - times.at(-1), 1);
  const counts = Array(BARS).fill(0);
  for (const time of times) counts[BARS - 1 - Math.min(BARS - 1, Math.floor(((newest - time) / span) * BARS))] += 1;
  const most = Math.max(...counts);
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${BARS * 5} 24`);
  picture.setAttribute("aria-hidden", "true");
  counts.forEach((count, index) => {
    const bar = document.createElementNS(SVG, "rect");
    const height = count ? Math.max(2, (count / most) * 24) : 0;
    for (const [name, value] of Object.entries({ x: index * 5, y: 24 - height, width: 4, height })) bar.setAttribute(name, value);
    picture.append(bar);
  });
  const said = document.createElement("small");
  said.textContent = `${more ? "latest " : ""}${times.length} in ${duration(span / 1000)}`;
  cell.replaceChildren(picture, said);
}

function duration(seconds) {
  const [unit, size] = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]].find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Math.max(1, Math.round(seconds / size))} ${unit}`;
}
