/** Makes an element. Values are set as attributes and texts, never as markup. */
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

/** A text as a node of its own direction, such as a phone number within a sentence of any script. */
export function isolate(sentence: string, part: string): (Node | string)[] {
  const at = sentence.indexOf(part);
  if (at < 0) return [sentence];
  return [sentence.slice(0, at), make('bdi', { dir: 'ltr' }, part), sentence.slice(at + part.length)];
}

/** Gives an element a style sheet that the page's content security policy allows, where the browser can. */
export function adopt(root: ShadowRoot, styles: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.prepend(make('style', {}, styles));
  }
}
