// Makes elements. Invariant: what events say becomes text nodes and attribute values, never markup.

/** An element with attributes (`on…` are listeners) and children, strings among them. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return element;
}

/** The address of a view of this page; a parameter that is a list stands several times. */
export function address(parameters) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return `?${new URLSearchParams(pairs.filter(([, value]) => value !== null && value !== undefined))}`;
}

/** A link to a view. */
export function link(parameters, ...children) {
  return h("a", { href: address(parameters), "data-link": true }, ...children);
}

/** A type's name with a mark whose colour is the name's own. */
export function chip(type) {
  const mark = h("span", { class: "mark", "aria-hidden": "true" });
  const hue = [...type].reduce((sum, one) => (sum * 31 + one.codePointAt(0)) % 3600, 7) / 10;
  mark.style.setProperty("--hue", hue);
  return h("span", { class: "chip" }, mark, type);
}

/** Has screen readers say something. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

/** Gives the focus to the view as a whole, where the element that had it is gone. */
export function focusMain() {
  document.getElementById("main").focus({ preventScroll: true });
}

/** A button that copies a text, and says that it did. */
export function copyButton(label, text) {
  const button = h("button", { type: "button" }, `Copy ${label}`);
  const tell = (told) => {
    button.textContent = told;
    say(told);
    setTimeout(() => (button.textContent = `Copy ${label}`), 2_000);
  };
  button.addEventListener("click", () => navigator.clipboard.writeText(text).then(() => tell(`Copied ${label}`), () => tell(`The browser refused to copy ${label}`)));
  return button;
}
