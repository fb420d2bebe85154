// The form by which the user of the page says who they are, as the stage's authorizer asks it.

import { h } from "./dom.js";
import { awsCredentials, CredentialsError, use } from "./session.js";
import { regionOfApi, stage } from "./stage.js";

const COMMAND = "aws configure export-credentials";
// No password field, which browsers offer to store; explorer.css hides the characters.
const SECRET = { class: "secret", required: true, pattern: "\\s*[\\x21-\\x7e]+\\s*", title: "It alone: letters, digits and signs without a blank" };

/** Fills `content` with the form; `again` shows what was to be seen. */
export function signInView(content, _parameters, { again }) {
  content.append(h("h1", {}, "Sign in"), signInForm(again));
}

/** The form alone. */
export function signInForm(again) {
  const submit = (submitted) => {
    submitted.preventDefault();
    if (taken(submitted.target)) again();
  };
  return h("form", { class: "card fields", autocomplete: "off", onsubmit: submit },
    stage.authorizer === "iam" ? awsFields() : field("Bearer token", { name: "token", ...SECRET }),
    stage.api_key ? field("API key", { name: "key", ...SECRET }) : null,
    h("p", { class: "quiet" }, "It stays in the memory of this tab: a reload forgets it."),
    h("p", {}, h("button", { class: "main" }, "Sign in")),
  );
}

/** Shows the form above the view, which stays as it is; `again` is what was refused. */
export function signInDialog(again) {
  const dialog = h("dialog", { "aria-label": "Sign in", onclose: () => dialog.remove() },
    signInForm(() => {
      dialog.close();
      again();
    }),
    h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"),
  );
  document.body.append(dialog);
  dialog.showModal();
}

function awsFields() {
  return [
    h("p", {}, "This stage's callers sign as AWS principals. Paste what ", h("code", {}, COMMAND), " prints; credentials that expire soon are best."),
    h("label", {}, "Credentials (JSON, or a profile's lines)", h("textarea", { name: "aws", rows: 6, required: true, spellcheck: "false", autocomplete: "off" })),
    field("Region", { name: "region", required: true, value: regionOfApi(), pattern: "[a-z0-9\\-]+", placeholder: "eu-central-1" }),
  ];
}

function field(label, attributes) {
  return h("label", {}, label, h("input", { autocomplete: "off", spellcheck: "false", ...attributes }));
}

function taken(form) {
  const { token, key, aws, region } = Object.fromEntries(new FormData(form));
  try {
    use({ token: token?.trim(), key: key?.trim(), aws: aws && awsCredentials(aws, region) });
    return true;
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    const typed = form.elements.aws;
    typed.setCustomValidity(error.message);
    typed.reportValidity();
    typed.addEventListener("input", () => typed.setCustomValidity(""), { once: true });
    return false;
  }
}
