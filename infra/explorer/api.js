// Asks the API that serves this page, and reads its answers without losing a digit.

import { members, plain, read } from "./json_text.js";

export class ProblemError extends Error {
  /** A problem document (RFC 9457), as far as there is one. */
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? problem.message ?? "The API gave no reason.");
    this.status = status;
    this.problem = problem;
  }
}

/** The answer's text and the node of its JSON; throws ProblemError where it is an error. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { headers: { Accept: "application/json" }, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ProblemError(0, { title: "The API is out of reach", detail: "Does the stack still run?" });
  }
  const text = await answer.text();
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
  const { text, node } = await ask(`types?${query({ limit: 50, cursor })}`, { signal });
  const page = members(node);
  const found = page.get("types").entries.map(([, one]) => fields(text, one));
  return { types: found, next: following(text, page) };
}

/** `{events, next}` of a page of a listing; each event is `{text, fields}`. */
export async function events(parameters, signal) {
  const { text, node } = await ask(`events?${query(parameters)}`, { signal });
  const page = members(node);
  const found = page.get("events").entries.map(([, one]) => ({
    text: text.slice(one.start, one.end),
    fields: fields(text, one),
  }));
  return { events: found, next: following(text, page) };
}

/** The path of one event; ids that a path cannot carry go into the query. */
export function eventPath(id) {
  return `events?${query({ id })}`;
}

function fields(text, node) {
  return Object.fromEntries(node.entries.map(([key, one]) => [key, plain(text, one)]));
}

function following(text, page) {
  const node = page.get("next_cursor");
  return node?.kind === "string" ? plain(text, node) : null;
}

function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return new URLSearchParams(given);
}
