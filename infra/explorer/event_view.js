// One event: its envelope, the links to what it belongs to, and its payload as it was sent.

import { ask, eventPath } from "./api.js";
import { chip, copyButton, h, link } from "./dom.js";
import { members, plain } from "./json_text.js";
import { tree, treeButtons } from "./json_tree.js";
import { equals } from "./search_view.js";
import { asksWhoCalls, regionOfApi, stage } from "./stage.js";
import { moment } from "./times.js";

/** Fills `content` with the event that the address names. */
export async function eventView(content, parameters, { signal }) {
  const path = eventPath(parameters.get("id"));
  const { text, node } = await ask(path, { signal });
  const found = members(node);
  const id = plain(text, found.get("id"));
  const payload = found.get("payload");
  const shown = tree(text, payload, { name: "payload" });
  content.append(
    h("p", { class: "kind" }, link({ type: plain(text, found.get("type")) }, chip(plain(text, found.get("type"))))),
    h("h1", { class: "mono" }, id),
    h("p", { class: "row" }, copyButton("id", id), copyButton("JSON", text), copyButton("curl", curl(path))),
    h("dl", { class: "card" }, envelope(text, found)),
    h("div", { class: "row spread" }, h("h2", {}, "Payload"), h("div", { class: "row" }, treeButtons(shown), copyButton("payload", plain(text, { ...payload, kind: "" })))),
    h("div", { class: "tree card" }, shown),
  );
}

function envelope(text, found) {
  const rows = [...found].filter(([name]) => !["id", "type", "payload"].includes(name));
  const id = plain(text, found.get("id"));
  const effects = stage.search ? [["led to", [link(equals("causation_id", id), "Events that this one caused")]]] : [];
  return [...rows.map(([name, one]) => [name, shown(name, text, one)]), ...effects].map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}

function shown(name, text, node) {
  if (name === "cloudevent") return node.entries.length ? h("div", { class: "tree" }, tree(text, node, { name: "attributes" })) : "yes, without other attributes";
  const value = plain(text, node);
  if (name === "causation_id") return [link({ id: value }, value)];
  if (name === "correlation_id") return stage.search ? [link(equals(name, value), value)] : [value, " ", copyButton("correlation_id", value)];
  if (name === "hash") return [h("code", {}, value), " ", copyButton("hash", value)];
  return name === "time" || name === "recorded_at" ? moment(value) : value;
}

/** The command that asks for a path of the API, with the caller's credentials out of variables. */
export function curl(path) {
  const url = `'${new URL(path, stage.api)}'`;
  const key = stage.api_key ? '-H "x-api-key: $API_KEY" ' : "";
  if (!asksWhoCalls()) return `curl ${key}${url}`;
  if (stage.authorizer !== "iam") return `curl -H "Authorization: Bearer $TOKEN" ${key}${url}`;
  const signs = `--aws-sigv4 "aws:amz:${regionOfApi() || "${AWS_REGION}"}:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"`;
  return `curl ${signs} -H "x-amz-security-token: $AWS_SESSION_TOKEN" ${key}${url}`;
}
