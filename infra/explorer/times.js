// Shows a moment both ways: how long ago, and exactly.

import { h } from "./dom.js";

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** A `time` element for an RFC 3339 text, which is kept to the microsecond. */
export function moment(text) {
  if (!text) return "";
  return h("time", { datetime: text, title: text }, `${ago(text)} `, h("small", {}, text));
}

function ago(text) {
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return "";
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return RELATIVE.format(Math.round(seconds / size), unit);
}
