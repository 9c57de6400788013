/** Creates an element. Values are set as attributes and text nodes, never as markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Isolates the direction of a part of a sentence, such as a phone number within text of any script. */
export function isolate(sentence: string, part: string): (Node | string)[] {
  const at = sentence.indexOf(part);
  if (at < 0) return [sentence];
  return [sentence.slice(0, at), make('bdi', { dir: 'ltr' }, part), sentence.slice(at + part.length)];
}

/** Changes a text only if it differs, so that screen readers do not announce it again. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Disables a button so that it keeps its focus and screen readers still announce it. */
export function setDisabled(button: HTMLButtonElement, isDisabled: boolean): void {
  button.setAttribute('aria-disabled', String(isDisabled));
}

/** By their text. All elements share them, so that the browser reads each once. */
const sheets = new Map<string, CSSStyleSheet>();

/** The style sheet of a text. Any content security policy allows it. */
export function sheetOf(styles: string): CSSStyleSheet {
  let sheet = sheets.get(styles);
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    sheets.set(styles, sheet);
  }
  return sheet;
}

/** Adds the style sheet of a text to the shadow tree of an element, once. */
export function addStyles(element: Element, styles: string): void {
  const root = element.getRootNode();
  const sheet = sheetOf(styles);
  if (root instanceof ShadowRoot && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

/** What has the focus in the shadow tree of an element. */
export function focusedIn(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : null;
}
