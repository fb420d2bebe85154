// Makes elements. Invariant: what events say becomes text nodes and attribute values, never markup.

/** An element with attributes (`on…` are listeners) and children, strings among them. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The address of a view of this page. */
export function address(parameters) {
  return `?${new URLSearchParams(parameters)}`;
}

/** A link to a view. */
export function link(parameters, ...children) {
  return h("a", { href: address(parameters), "data-link": true }, ...children);
}

/** Has screen readers say something. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

/** A button that copies a text. */
export function copyButton(label, text) {
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    say(`${label} copied`);
  };
  return h("button", { type: "button", onclick: copy }, `Copy ${label}`);
}
