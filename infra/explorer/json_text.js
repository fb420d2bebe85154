// Reads JSON text into nodes that point into it, so that each value keeps the characters it was sent in.
//
// Invariant: no number is ever converted; `source.slice(node.start, node.end)` is the value as sent.

const SCALAR = /"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,\]}:]+/y;
const SPACE = /\s*/y;

/** The tree of a text that the API sent: `{kind, start, end, entries}`, entries being `[key, node]`. */
export function read(source) {
  const root = { entries: [] };
  const open = [root];
  let at = 0;
  let key = null;
  const skip = () => {
    SPACE.lastIndex = at;
    SPACE.exec(source);
    at = SPACE.lastIndex;
  };
  const take = () => {
    SCALAR.lastIndex = at;
    const match = SCALAR.exec(source);
    if (!match) throw new SyntaxError(`no JSON at character ${at}`);
    at = SCALAR.lastIndex;
    return match[0];
  };
  for (skip(); at < source.length; skip()) {
    const parent = open.at(-1);
    const mark = source[at];
    if (mark === "," || mark === ":") {
      at += 1;
    } else if (mark === "}" || mark === "]") {
      at += 1;
      open.pop().end = at;
    } else if (parent.kind === "object" && key === null) {
      key = JSON.parse(take());
    } else {
      const node = { kind: kindOf(mark), start: at, end: at, entries: null };
      parent.entries.push([parent.kind === "object" ? key : parent.entries.length, node]);
      key = null;
      if (mark === "{" || mark === "[") {
        node.entries = [];
        open.push(node);
        at += 1;
      } else {
        take();
        node.end = at;
      }
    }
  }
  if (open.length !== 1 || root.entries.length !== 1) throw new SyntaxError("the JSON is cut off");
  return root.entries[0][1];
}

/** The members of an object's node, by name; empty for any other. */
export function members(node) {
  return new Map(node?.kind === "object" ? node.entries : []);
}

/** A string's characters, or any other value's text; undefined where there is no node. */
export function plain(source, node) {
  if (!node) return undefined;
  const text = source.slice(node.start, node.end);
  return node.kind === "string" ? JSON.parse(text) : text;
}

function kindOf(mark) {
  const kinds = { "{": "object", "[": "array", '"': "string", t: "boolean", f: "boolean", n: "null" };
  return kinds[mark] ?? "number";
}
