// A foldable tree of JSON, a branch of which is made when it is first opened, a hundred values at a time.

import { h, say } from "./dom.js";

const STEP = 100;
const LONG = 2_000; // characters of a value that are shown at first
const MOST = 3_000; // values that "Expand all" shows

/** The element for a node of `source`; `depth` levels are open at first. */
export function tree(source, node, { depth = 2, key = null, name = "" } = {}) {
  if (!node.entries?.length) return h("div", { class: "leaf" }, label(key), scalar(source, node));
  const branch = h("details", { open: depth > 0 });
  const [left, right] = node.kind === "object" ? "{}" : "[]";
  const size = h("span", { class: "size" }, ` ${left}${node.entries.length}${right}`);
  const content = h("div", { class: "branch" });
  branch.fill = () => {
    if (!content.hasChildNodes()) more(content, source, node, { from: 0, depth });
  };
  branch.append(h("summary", {}, label(key) ?? h("span", {}, name), size), content);
  if (depth > 0) branch.fill();
  branch.addEventListener("toggle", () => branch.open && branch.fill());
  return branch;
}

/** Buttons that open a tree, as far as it can be read, and fold it; none where nothing folds. */
export function treeButtons(root) {
  if (!root.querySelector("details")) return [];
  const expand = h("button", { type: "button", onclick: () => expanded(root) }, "Expand all");
  const collapse = h("button", { type: "button", onclick: () => root.querySelectorAll("details").forEach((one) => (one.open = false)) }, "Collapse all");
  return [expand, collapse];
}

async function expanded(root) {
  const waiting = [root];
  let shown = 0;
  while (waiting.length && shown < MOST) {
    for (const branch of waiting.splice(0, 20)) {
      branch.fill();
      branch.open = true;
      const content = branch.lastElementChild;
      shown += content.childElementCount;
      waiting.push(...content.querySelectorAll(":scope > details"));
    }
    await new Promise(requestAnimationFrame); // so that the page answers meanwhile
  }
  say(waiting.length ? `${shown} values are shown; open the others one by one` : "All is expanded");
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
    first.tabIndex = -1;
    first.focus();
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
    value.tabIndex = -1;
    value.focus();
    click.target.remove();
  };
  return h("span", {}, value, h("button", { type: "button", onclick: whole }, `Show all ${text.length} characters`));
}
