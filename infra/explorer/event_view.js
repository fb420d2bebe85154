// One event: its envelope, the links to what it belongs to, and its payload as it was sent.

import { ask, eventPath } from "./api.js";
import { copyButton, h, link } from "./dom.js";
import { members, plain } from "./json_text.js";
import { tree } from "./json_tree.js";
import { moment } from "./times.js";

/** Fills `content` with the event that the address names. */
export async function eventView(content, parameters, { signal }) {
  const path = eventPath(parameters.get("id"));
  const { text, node } = await ask(path, { signal });
  const found = members(node);
  const rows = [...found].filter(([name]) => name !== "payload").map(([name, one]) => [h("dt", {}, name), h("dd", {}, shown(name, plain(text, one)))]);
  const payload = found.get("payload");
  const url = new URL(path, location.href).href.replaceAll("'", "%27");
  content.replaceChildren(
    h("h1", {}, plain(text, found.get("id"))),
    h("p", { class: "actions" }, copyButton("id", plain(text, found.get("id"))), copyButton("JSON", text), copyButton("curl", `curl '${url}'`)),
    h("dl", {}, rows.flat()),
    h("h2", {}, "Payload"),
    h("div", { class: "tree" }, tree(text, payload)),
  );
}

function shown(name, value) {
  if (name === "type") return link({ type: value }, value);
  if (name === "causation_id") return link({ id: value }, value);
  return name === "time" || name === "recorded_at" ? moment(value) : value;
}
