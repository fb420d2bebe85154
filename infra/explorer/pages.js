// The rest of a list, page by page; a page that fails is offered again, and what is shown stays.

import { focusMain, h } from "./dom.js";
import { trying } from "./problem.js";

/** A button that gets the page behind `next` by `load(cursor)` and hands it to `add`, which gives back its first element. */
export function furtherPages(label, next, { load, add, signal }) {
  let busy = false;
  const failed = h("span");
  const button = h("button", { type: "button", hidden: next === null }, label);
  const proceed = async () => {
    const page = await load(next);
    next = page.next;
    button.hidden = next === null;
    const first = add(page)?.querySelector("a");
    if (first) first.focus();
    else if (button.hidden) focusMain();
  };
  button.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    await trying(failed, signal, proceed);
    button.removeAttribute("aria-busy");
    busy = false;
  });
  return h("p", { class: "further" }, button, failed);
}
