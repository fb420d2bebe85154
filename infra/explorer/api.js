// Asks the stage's API, and reads its answers without losing a digit.

import { members, plain, read } from "./json_text.js";
import { authorized } from "./session.js";
import { escaped } from "./sigv4.js";
import { stage } from "./stage.js";

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
  let answer, text;
  try {
    const all = await authorized({ method, url, headers: named, body });
    answer = await fetch(url, { method, body, signal, headers: all, credentials: "omit" });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError(0, { title: "The API is out of reach", detail: `${stage.api} did not answer, or not to this page.` });
  }
  if (!answer.ok) throw new ProblemError(answer.status, problemOf(text));
  return { status: answer.status, text, node: read(text) };
}

function problemOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { title: text.slice(0, 200) };
  }
}

/** `{types, next}` of a page of types. */
export async function types(cursor, signal) {
  const { found, next, text } = await page("types", "types", { limit: 50, cursor }, signal);
  return { types: found.map((one) => fields(text, one)), next };
}

/** `{events, next}` of a page of a listing, or of a search; each event is `{text, fields}`. */
export async function events(parameters, signal, route = "events") {
  const { found, next, text } = await page(route, "events", parameters, signal);
  return { events: found.map((one) => ({ text: text.slice(one.start, one.end), fields: fields(text, one) })), next };
}

/** The path of one event; its id is in the query, because a path cannot carry every one. */
export function eventPath(id) {
  return `events?${query({ id })}`;
}

async function page(route, name, parameters, signal) {
  const { text, node } = await ask(`${route}?${query(parameters)}`, { signal });
  const found = members(node);
  const next = found.get("next_cursor");
  return { text, found: found.get(name).entries.map(([, one]) => one), next: next?.kind === "string" ? plain(text, next) : null };
}

function fields(text, node) {
  return Object.fromEntries(node.entries.map(([key, one]) => [key, plain(text, one)]));
}

function query(parameters) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.map((pair) => pair.map(escaped).join("=")).join("&");
}
