/** What an element is made with: attributes by name (true: there, without a value), and listeners as
 *  `onclick`. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: Event) => void)>
>;
export type Child = Node | string | undefined;

/** An element with its attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  dress(element, attributes, children);
  return element;
}

/** The same for a part of a drawing. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  dress(element, attributes, children);
  return element;
}

function dress(
  element: Element,
  attributes: Attributes,
  children: readonly Child[],
): void {
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined)
      element.setAttribute(name, String(value));
  for (const child of children) if (child !== undefined) element.append(child);
}

/** A text that costs nothing while it stays the same. */
export interface LiveText {
  readonly node: Text;
  set(text: string): void;
}

export function liveText(): LiveText {
  const node = document.createTextNode('');
  let shown = '';
  return {
    node,
    set(text) {
      if (text === shown) return;
      shown = text;
      node.data = text;
    },
  };
}

/** An attribute likewise; undefined takes it away. */
export function setAttribute(
  element: Element,
  name: string,
  value: string | undefined,
): void {
  if ((element.getAttribute(name) ?? undefined) === value) return;
  if (value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

export function setHidden(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden;
}
