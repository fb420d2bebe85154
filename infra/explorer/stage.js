// What this page is told of its stage, once: where the API is, and what its callers need.

/** Milliseconds after which a request counts as lost; the API answers or gives up before. */
export const DEADLINE = 35_000;

/** `{api, stage, authorizer, api_key, search, docs}`, once it is read; `api` is absolute then. */
export const stage = {};

/** Reads what lies beside the page; throws where nothing does. */
export async function readStage() {
  const answer = await fetch("stage.json", { signal: AbortSignal.timeout(DEADLINE) });
  if (!answer.ok) throw new Error(`stage.json, which says where the API is, was answered with ${answer.status}.`);
  const told = await answer.json();
  Object.assign(stage, told, { api: new URL(told.api, document.baseURI).href });
}

/** Whether callers say who they are. */
export function asksWhoCalls() {
  return stage.authorizer !== "none";
}

/** The region in the API's name; that of the stack on one machine; else unknown. */
export function regionOfApi() {
  const { hostname } = new URL(stage.api);
  return /\.execute-api\.([a-z0-9-]+)\./.exec(hostname)?.[1] ?? (hostname === "127.0.0.1" ? "us-east-1" : "");
}
