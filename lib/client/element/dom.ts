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

/** Adds a style sheet, in a way that the page's content security policy allows where the browser supports it. */
export function adopt(root: ShadowRoot, styles: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    root.prepend(make('style', {}, styles));
  }
}
