// Shows a moment both ways: how long ago, which goes on, and exactly.

import { h } from "./dom.js";

const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60]];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** A `time` element for an RFC 3339 text, which is kept to the microsecond. */
export function moment(text) {
  if (!text) return "";
  return h("time", { datetime: text, title: text }, h("span", {}, ago(text)), " ", h("small", {}, text));
}

/** Makes what is shown true again. */
export function refreshTimes() {
  for (const one of document.querySelectorAll("time")) {
    const now = ago(one.dateTime);
    if (one.firstChild.textContent !== now) one.firstChild.textContent = now;
  }
}

function ago(text) {
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return "";
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  if (!unit) return Math.abs(seconds) < 5 ? "just now" : RELATIVE.format(Math.round(seconds), "second");
  return RELATIVE.format(Math.round(seconds / size), unit);
}
