import type { Ending } from '../session-endings.js';
import { make, setDisabled } from './dom.js';
import { makeHeading, Step } from './step.js';
import type { PhoneVerifyTexts } from './texts.js';

/** What the person can do then. */
export interface EndedStepActions {
  readonly requestNewCode: (step: EndedStep) => void;
  readonly changeNumber: () => void;
}

/** Shows that only a new code can help, and when one can be requested. */
export class EndedStep extends Step {
  readonly #change: HTMLButtonElement;

  constructor(
    texts: PhoneVerifyTexts,
    readonly ending: Ending,
    readonly phoneNumber: string,
    { requestNewCode, changeNumber }: EndedStepActions,
  ) {
    const headings = { locked: texts.lockedHeading, expired: texts.expiredHeading, used: texts.usedHeading };
    const change = make('button', { type: 'button', part: 'change-number' }, texts.changeNumber);
    const content = {
      heading: makeHeading(headings[ending]),
      hint: [texts.endedHint],
      fields: [make('slot', { name: 'captcha' })],
      submit: texts.requestNewCode,
      footer: [make('div', { class: 'links' }, change)],
    };
    super(texts, content, () => requestNewCode(this));
    this.#change = change;
    // Announces why the code cannot be entered any more, wherever the focus is.
    this.root.firstElementChild?.setAttribute('role', 'alert');
    change.addEventListener('click', () => {
      if (!this.isBusy) changeNumber();
    });
  }

  override show(): void {
    super.show();
    setDisabled(this.#change, this.isBusy);
  }
}
