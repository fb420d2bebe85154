// Every type of event, with when it was first and last seen and how often lately.

import { types } from "./api.js";
import { h, link } from "./dom.js";
import { sparkline } from "./sparkline.js";
import { moment } from "./times.js";

/** Fills `content` with a page of types, and further ones on request. */
export async function typesView(content, _parameters, { signal }) {
  const first = await types(null, signal);
  const rows = h("tbody");
  const cells = ["Type", "Latest events", "Last seen", "First seen"].map((name) => h("th", { scope: "col" }, name));
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      sparkline(target, target.dataset.type, signal);
    }
  });
  signal.addEventListener("abort", () => seen.disconnect());
  const add = (page) => {
    for (const one of page.types) {
      const spark = h("td", { class: "spark", "data-type": one.type });
      rows.append(
        h("tr", {}, h("th", { scope: "row" }, link({ type: one.type }, one.type)), spark,
          h("td", {}, moment(one.last_seen)), h("td", {}, moment(one.first_seen))),
      );
      seen.observe(spark);
    }
    further.hidden = page.next === null;
    further.onclick = async () => add(await types(page.next, signal));
  };
  const further = h("button", { type: "button" }, "More types");
  content.replaceChildren(h("h1", {}, "Types"));
  if (!first.types.length) {
    content.append(h("p", {}, "No event is listed yet. ", h("a", { href: "?post", "data-link": true }, "Post the first one.")));
    return;
  }
  content.append(h("table", {}, h("thead", {}, h("tr", {}, cells)), rows), further);
  add(first);
}
