import type { PhoneVerifyVerified } from '../responses.js';
import { isolate, make } from './dom.js';
import { makeHeading } from './step.js';
import type { PhoneVerifyTexts } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Shows that the number is verified. */
export class DoneStep {
  readonly root: HTMLElement;
  readonly #heading: HTMLElement;

  constructor(
    texts: PhoneVerifyTexts,
    readonly verified: PhoneVerifyVerified,
  ) {
    const { phoneNumber } = verified;
    // Focused, so that screen readers announce it.
    this.#heading = makeHeading(texts.doneHeading);
    this.root = make(
      'div',
      { class: 'done', part: 'done' },
      this.#heading,
      make('p', { part: 'hint' }, ...isolate(texts.doneHint(phoneNumber), phoneNumber)),
      tick(),
    );
  }

  get anchor(): HTMLElement {
    return this.#heading;
  }

  focus(): void {
    this.#heading.focus();
  }
}

function tick(): SVGElement {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', 'M5 12.5l4.5 4.5L19 7.5');
  picture.append(path);
  return picture;
}
