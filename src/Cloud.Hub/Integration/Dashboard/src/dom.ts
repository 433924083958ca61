// Builds elements. Children that are strings become text nodes, so nothing a device says is ever read as markup.

export type Child = Node | string | number | null | undefined | false | Child[];
type Props = Record<string, string | number | boolean | ((event: Event) => void) | null | undefined>;

const SVG = 'http://www.w3.org/2000/svg';

/** An element; `on…` props are listeners, true is an empty attribute, null, undefined and false are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props?: Props | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  apply(element, props);
  add(element, children);
  return element;
}

export function s(tag: string, props?: Props | null, ...children: Child[]): SVGElement {
  const element = document.createElementNS(SVG, tag);
  apply(element, props);
  add(element, children);
  return element;
}

/** What a pointer is pressed on. A button that were replaced meanwhile would never be clicked. */
let pressed: Node | null = null;
const late = new Map<Element, Child[]>();
addEventListener('pointerdown', event => { pressed = event.target as Node; }, true);
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => setTimeout(release), true);

function release(): void {
  pressed = null;
  const waiting = [...late];
  late.clear();
  for (const [parent, children] of waiting) replace(parent, ...children);
}

/** Puts new content in place, once no pointer is pressed in it, and keeps the keyboard focus on the element with the same `data-key`. */
export function replace(parent: Element, ...children: Child[]): void {
  if (pressed && parent.contains(pressed)) {
    late.set(parent, children);
    return;
  }

  const held = parent.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['key'] : undefined;
  const open = new Set([...parent.querySelectorAll<HTMLElement>('details[open][data-key]')].map(e => e.dataset['key']));
  const next: Node[] = [];
  collect(next, children);
  parent.replaceChildren(...next);
  for (const details of parent.querySelectorAll<HTMLDetailsElement>('details[data-key]')) {
    if (open.has(details.dataset['key'])) details.open = true;
  }
  if (held) parent.querySelector<HTMLElement>(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

function apply(element: Element, props?: Props | null): void {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2).toLowerCase(), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

function add(element: Element, children: Child[]): void {
  const nodes: Node[] = [];
  collect(nodes, children);
  element.append(...nodes);
}

function collect(into: Node[], children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) collect(into, child);
    else into.push(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}
