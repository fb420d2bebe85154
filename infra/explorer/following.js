// Looks for what is new in a listing while it is being read.
//
// The rule is that of `eventlog tail` (docs/decisions/0026-the-rule-of-tail.md), with the newest `recorded_at` that was
// known at the look before in place of the API's clock, which is not before it: each look reads from ten seconds before
// that, every tenth from five minutes before, and what was not shown is new. A look reads a thousand events at most.

import { events } from "./api.js";
import { h, say } from "./dom.js";
import { merge, place, row } from "./event_rows.js";
import { trying } from "./problem.js";
import { refreshTimes } from "./times.js";

const EVERY = 3_000; // milliseconds between looks
const DEEP = 10; // one look of so many is a deep one
const [SHALLOW_SPAN, DEEP_SPAN] = [10_000, 300_000]; // milliseconds
const [PAGE, PAGES] = [100, 10];
const MOST = 500; // more than so many new events are not kept, but said

/** The state of it, with the button that shows what is new, among `listed.rows`. */
export function following(asked, listed, { signal, again }) {
  const state = { asked, listed, signal, waiting: [], looks: 0, newest: [listed.newest, listed.newest], paused: false };
  const fresh = h("button", { type: "button", class: "fresh", hidden: true });
  const failed = h("span");
  const live = h("button", { type: "button", class: "live", "aria-pressed": "true" }, "Live");
  fresh.addEventListener("click", () => (isFull(state) ? again() : show(state, fresh)));
  live.addEventListener("click", () => {
    if (isFull(state)) return again();
    state.paused = !state.paused;
    turn();
  });
  const turn = async () => {
    clearTimeout(state.timer);
    live.setAttribute("aria-pressed", String(!state.paused));
    if (signal.aborted || state.paused) return;
    if (!document.hidden && listed.rows.isConnected) await trying(failed, signal, () => look(state).then(() => offer(state, fresh)));
    if (isFull(state)) return live.setAttribute("aria-pressed", "false");
    clearTimeout(state.timer);
    if (!signal.aborted) state.timer = setTimeout(turn, EVERY);
  };
  state.timer = setTimeout(turn, EVERY);
  signal.addEventListener("abort", () => clearTimeout(state.timer));
  return h("div", { class: "follow" }, live, fresh, failed);
}

async function look(state) {
  const { asked, listed, signal } = state;
  const deep = state.looks % DEEP === 0;
  const began = listed.newest;
  const from = floor(state.newest[deep ? 1 : 0], deep ? DEEP_SPAN : SHALLOW_SPAN, asked.from);
  const found = [];
  let cursor = null;
  for (let pages = 0; pages < PAGES && (pages === 0 || cursor); pages += 1) {
    const page = await events({ ...asked, from, cursor, limit: PAGE }, signal);
    found.push(...page.events.filter((one) => place(one) > listed.end && !listed.known.has(one.fields.id)));
    cursor = page.next;
    if (found.length >= MOST || (page.events.length && place(page.events.at(-1)) < listed.end)) break;
  }
  state.looks += 1;
  state.newest = [began, deep ? began : state.newest[1]];
  take(state, found);
}

function take({ listed, waiting }, found) {
  for (const one of found.slice(0, MOST)) {
    if (listed.known.has(one.fields.id)) continue; // another look found it meanwhile
    listed.known.add(one.fields.id);
    if (one.fields.recorded_at > listed.newest) listed.newest = one.fields.recorded_at;
    waiting.push(row(one)); // its event, with all of its page's text, is not kept
  }
  waiting.sort((one, other) => (one.dataset.at < other.dataset.at ? 1 : -1));
}

function isFull({ waiting }) {
  return waiting.length >= MOST;
}

function offer(state, fresh) {
  const count = state.waiting.length;
  if (!count) return;
  if (isFull(state)) say(`More than ${MOST} new events; the list is to be reloaded`);
  else if (fresh.hidden) say(count === 1 ? "1 new event" : `${count} new events`);
  fresh.textContent = isFull(state) ? `${MOST}+ new: reload the list` : `${count} new`;
  fresh.hidden = false;
}

function show(state, fresh) {
  const [first] = state.waiting;
  merge(state.listed.rows, state.waiting);
  state.waiting.length = 0;
  fresh.hidden = true;
  refreshTimes();
  first.querySelector("a").focus();
  first.scrollIntoView({ block: "center" });
}

function floor(newest, span, from) {
  if (!newest) return from;
  const since = new Date(Date.parse(newest) - span).toISOString();
  return from && Date.parse(from) > Date.parse(since) ? from : since;
}
