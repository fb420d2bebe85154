// Who uses the page. Invariant: credentials are in this module's memory alone, never in storage nor in an address.

import { signed } from "./sigv4.js";

let given = null;

/** Says what is wrong with pasted credentials. */
export class CredentialsError extends Error {}

/** Uses `{token, key, aws}`, those that there are, for all requests from now on; null for none. The window gets an event `credentials`. */
export function use(credentials) {
  given = credentials;
  document.getElementById("leave").hidden = given === null;
  dispatchEvent(new Event("credentials"));
}

/** Whether there are credentials. */
export function isSignedIn() {
  return given !== null;
}

/** The headers of a request, with the credentials. */
export async function authorized({ method, url, headers, body }) {
  if (!given) return headers;
  const all = { ...headers };
  if (given.key) all["x-api-key"] = given.key;
  if (given.token) all.authorization = `Bearer ${given.token}`;
  return given.aws ? signed({ method, url, headers: all, body }, given.aws) : all;
}

/** Credentials out of the JSON that `aws configure export-credentials` prints, or of a profile's lines; throws CredentialsError. */
export function awsCredentials(text, region) {
  const { AccessKeyId: id, SecretAccessKey: secret, SessionToken: token } = text.trim().startsWith("{") ? json(text) : profile(text);
  if (!id || !secret) throw new CredentialsError("AccessKeyId or SecretAccessKey is missing.");
  return { id, secret, token, region };
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new CredentialsError("This is no JSON; paste all that the command printed.");
  }
}

function profile(text) {
  const lines = [...text.matchAll(/^\s*aws_(access_key_id|secret_access_key|session_token)\s*=\s*(\S+)\s*$/gm)];
  if (!lines.length) throw new CredentialsError("This is no JSON and no profile; paste all that the command printed.");
  const found = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
  if (Object.keys(found).length < lines.length) throw new CredentialsError("These are several profiles; paste the lines of one.");
  return { AccessKeyId: found.access_key_id, SecretAccessKey: found.secret_access_key, SessionToken: found.session_token };
}
