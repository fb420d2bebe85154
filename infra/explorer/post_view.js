// A form that posts one event, and says whether it was created, was there already, or conflicts.

import { ask, ProblemError } from "./api.js";
import { h, link } from "./dom.js";
import { plain, members } from "./json_text.js";
import { problem } from "./problem.js";

const SAID = { 201: "Created", 200: "Duplicate: the log has this very event already" };

/** Fills `content` with the form; the payload is sent as it is typed. */
export async function postView(content) {
  const payload = h("textarea", { name: "payload", rows: 12, spellcheck: "false", required: true, id: "payload" });
  payload.value = '{\n  "key1": "value1"\n}';
  const outcome = h("div", { class: "outcome" });
  const field = (name, attributes) => h("label", {}, `${name} `, h("input", { name, maxlength: 256, autocomplete: "off", ...attributes }));
  const submit = async (submitted) => {
    submitted.preventDefault();
    outcome.replaceChildren(await posted(new FormData(submitted.target), payload));
  };
  payload.addEventListener("input", () => payload.setCustomValidity(""));
  const form = h("form", { class: "post", onsubmit: submit }, field("type", { required: true }), field("id", { placeholder: "made by the log if left out" }),
    field("correlation_id"), field("causation_id"), h("label", { for: "payload" }, "payload (JSON)"), payload, h("button", {}, "Post"));
  content.replaceChildren(h("h1", {}, "Post an event"), form, outcome);
}

async function posted(form, payload) {
  try {
    JSON.parse(form.get("payload")); // to tell a slip at once; what is sent is the text
  } catch (error) {
    payload.setCustomValidity(`This is no JSON: ${error.message}`);
    payload.reportValidity();
    return "";
  }
  const given = [...form].filter(([name, value]) => name !== "payload" && value);
  const envelope = given.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`).join("");
  const body = `{${envelope}"payload":${form.get("payload")}}`;
  try {
    const { status, text, node } = await ask("events", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const id = plain(text, members(node).get("id"));
    return h("p", { role: "status" }, `${SAID[status]}: `, link({ id }, id));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return problem(error);
  }
}
