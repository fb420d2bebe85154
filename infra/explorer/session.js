// Who uses the page. Invariant: credentials are in this module's memory alone, never in storage nor in an address.

import { signed } from "./sigv4.js";

let given = null;

/** Uses `{token, key, aws}`, those that there are, for all requests from now on; null for none. */
export function use(credentials) {
  given = credentials;
  document.getElementById("leave").hidden = given === null;
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

/** Credentials out of the JSON that `aws configure export-credentials` prints; throws an Error that says what is wrong. */
export function awsCredentials(text, region) {
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Error("This is no JSON; paste all that the command printed.");
  }
  const { AccessKeyId: id, SecretAccessKey: secret, SessionToken: token } = read ?? {};
  if (!id || !secret) throw new Error("AccessKeyId or SecretAccessKey is missing.");
  return { id, secret, token, region };
}
