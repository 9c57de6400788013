import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../pages/', import.meta.url);

/** A page that includes parts (`{>name}`) and whose `{names}` are replaced by text, never by markup. */
export class Page {
  readonly #template: string;

  constructor(name: string) {
    this.#template = read(name).replaceAll(/\{>(\w+)\}/g, (_placeholder, part: string) => read(part));
  }

  render(values: Readonly<Record<string, string>>): string {
    return this.#template.replaceAll(/\{(\w+)\}/g, (_placeholder, name: string) => escapeMarkup(values[name] ?? ''));
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function read(name: string): string {
  return readFileSync(new URL(`${name}.html`, FOLDER), 'utf8');
}

function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
