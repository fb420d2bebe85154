// A form that posts one event, and says whether it was created, was there already, or conflicts.
//
// An event without an id gets one from the key of its request, which stays the same until there is an answer: a second
// attempt after a lost answer makes no second event.

import { ask } from "./api.js";
import { h, link } from "./dom.js";
import { plain, members } from "./json_text.js";
import { known, problem } from "./problem.js";

const SAID = { 201: "Created", 200: "Duplicate: the log has this very event already" };
const MORE = ["source", "subject", "time", "correlation_id", "causation_id"];

/** Fills `content` with the form; the payload is sent as it is typed. */
export async function postView(content) {
  const payload = h("textarea", { name: "payload", rows: 12, spellcheck: "false", required: true });
  payload.value = '{\n  "key1": "value1"\n}';
  payload.addEventListener("input", () => payload.setCustomValidity(""));
  const outcome = h("div", { class: "outcome" });
  const button = h("button", { class: "main" }, "Post");
  let key = crypto.randomUUID();
  const submit = async (submitted) => {
    submitted.preventDefault();
    if (button.disabled || !isJson(payload)) return;
    button.disabled = true;
    const [answered, told] = await posted(submitted.target, key);
    if (answered) key = crypto.randomUUID();
    button.disabled = false;
    button.focus();
    outcome.replaceChildren(told);
  };
  const form = h("form", { class: "card fields", onsubmit: submit },
    h("div", { class: "row" }, field("type", { required: true, placeholder: "order.placed" }), field("id", { placeholder: "made by the log if left out" })),
    h("label", {}, "payload (JSON)", payload),
    h("details", {}, h("summary", {}, "More fields"), h("div", { class: "row" }, MORE.map((name) => field(name, name === "time" ? { placeholder: "2026-01-31T12:00:00Z" } : {})))),
    h("p", {}, button),
  );
  content.append(h("h1", {}, "Post an event"), form, outcome);
}

function field(name, attributes) {
  return h("label", {}, name, h("input", { name, maxlength: 1024, autocomplete: "off", spellcheck: "false", ...attributes }));
}

function isJson(payload) {
  try {
    JSON.parse(payload.value); // to tell a slip at once; what is sent is the text
    return true;
  } catch (error) {
    payload.setCustomValidity(`This is no JSON: ${error.message}`);
    payload.reportValidity();
    return false;
  }
}

async function posted(form, key) {
  const fields = new FormData(form);
  const given = [...fields].filter(([name, value]) => name !== "payload" && value);
  const envelope = given.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`).join("");
  const body = `{${envelope}"payload":${fields.get("payload")}}`;
  const headers = fields.get("id") ? {} : { "idempotency-key": key };
  try {
    const { status, text, node } = await ask("events", { method: "POST", headers, body });
    const id = plain(text, members(node).get("id"));
    return [true, h("p", { class: "done", role: "status" }, `${SAID[status]}: `, link({ id }, id))];
  } catch (thrown) {
    const error = known(thrown);
    return [error.status !== 0 && error.status < 500, problem(error, () => form.requestSubmit())];
  }
}
