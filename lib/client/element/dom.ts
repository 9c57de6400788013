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
