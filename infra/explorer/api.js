// Asks the stage's API, and reads its answers without losing a digit.

import { members, plain, read } from "./json_text.js";
import { authorized } from "./session.js";
import { escaped } from "./sigv4.js";
import { DEADLINE, stage } from "./stage.js";

export class ProblemError extends Error {
  /** A problem document (RFC 9457), as far as there is one. */
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? problem.message ?? "The API gave no reason.");
    this.status = status;
    this.problem = problem;
  }
}

/** The answer's text and the node of its JSON; throws ProblemError where it is an error. */
export async function ask(path, { method = "GET", body, headers = {}, signal } = {}) {
  const url = new URL(path, stage.api);
  const named = { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers };
  const all = await authorized({ method, url, headers: named, body });
  const ends = AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(DEADLINE)]);
  let answer, text;
  try {
    answer = await fetch(url, { method, body, signal: ends, headers: all, credentials: "omit", redirect: "error" });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError(0, { title: "The API is out of reach", detail: `${stage.api} did not answer, or not to this page.` });
  }
  if (!answer.ok) throw new ProblemError(answer.status, problemOf(text));
  return { status: answer.status, text, node: nodeOf(text) };
}

function nodeOf(text) {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable(error.message);
    throw error;
  }
}

function unreadable(detail) {
  return new ProblemError(0, { title: "The answer is not as the API's are", detail: `${stage.api} answered what this page cannot read: ${detail}.` });
}

function problemOf(text) {
  try {
    const told = JSON.parse(text);
    if (told instanceof Object) return told;
  } catch {
    // as from a proxy, say; the text is shown
  }
  return { title: text.slice(0, 200) };
}

/** `{types, next}` of a page of types. */
export async function types(cursor, signal) {
  const { found, next, text } = await page("types", "types", { limit: 50, cursor }, signal);
  return { types: found.map((one) => fields(text, one)), next };
}

/** `{events, next}` of a page of a listing, or of a search; each event is `{fields}`. */
export async function events(parameters, signal, route = "events") {
  const { found, next, text } = await page(route, "events", parameters, signal);
  return { events: found.map((one) => ({ fields: fields(text, one) })), next };
}

/** The path of one event; its id is in the query, because a path cannot carry every one. */
export function eventPath(id) {
  return `events?${query({ id })}`;
}

async function page(route, name, parameters, signal) {
  const { text, node } = await ask(`${route}?${query(parameters)}`, { signal });
  const found = members(node);
  const next = found.get("next_cursor");
  const list = found.get(name);
  if (list?.kind !== "array" || list.entries.some(([, one]) => one.kind !== "object")) throw unreadable(`it has no list of ${name}`);
  return { text, found: list.entries.map(([, one]) => one), next: next?.kind === "string" ? plain(text, next) : null };
}

function fields(text, node) {
  return Object.fromEntries(node.entries.map(([key, one]) => [key, plain(text, one)]));
}

function query(parameters) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.map((pair) => pair.map(escaped).join("=")).join("&");
}
