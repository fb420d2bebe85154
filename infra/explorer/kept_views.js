// The views that Back leads to as they were left, with all that was loaded: the latest ones, of one user.

const MOST = 10;
const kept = new Map(); // by the state of their history entries

/** Keeps a view in place of the one that its history entry had. */
export function keep(view) {
  forget(view.state);
  kept.set(view.state, view);
  [...kept.keys()].slice(0, -MOST).forEach(forget);
}

/** The view of a history entry as it was left, which counts as a late one again; undefined where it is to be made anew. */
export function keptView(state) {
  const view = kept.get(state);
  if (!view?.content.hasChildNodes() || view.controller.signal.aborted) return undefined;
  kept.delete(state);
  kept.set(state, view);
  return view;
}

/** Ends all views but those of `except`, so that Back makes them anew. */
export function forgetAll({ except = [] } = {}) {
  for (const [state, view] of kept) if (!except.includes(view)) forget(state);
}

function forget(state) {
  kept.get(state)?.controller.abort();
  kept.delete(state);
}
