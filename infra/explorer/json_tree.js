// A foldable tree of JSON, a branch of which is made when it is first opened, a hundred values at a time.

import { h } from "./dom.js";

const STEP = 100;
const LONG = 2_000;

/** The element for a node of `source`; `depth` levels are open at first. */
export function tree(source, node, { depth = 2, key = null } = {}) {
  if (!node.entries?.length) return h("div", { class: "leaf" }, label(key), scalar(source, node));
  const branch = h("details", { open: depth > 0 });
  const [left, right] = node.kind === "object" ? "{}" : "[]";
  const size = h("span", { class: "size" }, ` ${left}${node.entries.length}${right}`);
  const content = h("div", { class: "branch" });
  const fill = () => {
    branch.removeEventListener("toggle", fill);
    if (!content.hasChildNodes()) more(content, source, node, { from: 0, depth });
  };
  branch.append(h("summary", {}, label(key) ?? h("span", {}, "payload"), size), content);
  if (depth > 0) fill();
  else branch.addEventListener("toggle", fill);
  return branch;
}

function more(content, source, node, { from, depth }) {
  const part = node.entries.slice(from, from + STEP);
  content.append(...part.map(([key, one]) => tree(source, one, { depth: depth - 1, key })));
  const left = node.entries.length - from - part.length;
  if (left <= 0) return;
  const proceed = () => {
    const last = content.lastElementChild;
    more(content, source, node, { from: from + STEP, depth });
    const first = last.nextElementSibling;
    last.remove();
    first?.querySelector("summary, button")?.focus();
  };
  content.append(h("button", { type: "button", onclick: proceed }, `Show ${Math.min(left, STEP)} of ${left} more`));
}

function label(key) {
  return key === null ? null : h("span", { class: "key" }, typeof key === "number" ? `${key} ` : `${JSON.stringify(key)}: `);
}

function scalar(source, node) {
  const text = source.slice(node.start, node.end);
  const value = h("span", { class: node.kind }, text.slice(0, LONG));
  if (text.length <= LONG) return value;
  const whole = (click) => {
    value.textContent = text;
    click.target.remove();
  };
  return h("span", {}, value, h("button", { type: "button", onclick: whole }, `Show all ${text.length} characters`));
}
