import type { PhoneVerifyBeforeSend } from '../before-send.js';
import type { PhoneVerifyClient } from '../phone-verify.client.js';
import type { PhoneVerifyVerified } from '../responses.js';
import type { CountryChoice } from './country-picker.js';
import type { Ending } from '../session-endings.js';
import type { PhoneVerifyEventMap } from './phone-verify.events.js';
import type { PhoneVerifyTexts } from './texts.js';

/** What the steps need from the element. */
export interface FlowHost {
  readonly client: () => PhoneVerifyClient;
  readonly texts: () => PhoneVerifyTexts;
  readonly countries: () => CountryChoice;
  /** The country that is selected first. */
  readonly country: () => string;
  /** Whether a complete code is submitted by itself. */
  readonly isAutomatic: () => boolean;
  /** What the page runs before each message. */
  readonly beforeSend: () => PhoneVerifyBeforeSend | undefined;
  readonly emit: <Type extends keyof PhoneVerifyEventMap>(
    type: Type,
    detail: PhoneVerifyEventMap[Type]['detail'],
  ) => void;
  /** Called when another step is shown, or the step becomes busy or ready. */
  readonly update: (state: FlowState) => void;
}

/** What the page can see of the steps. */
export interface FlowState {
  readonly isBusy: boolean;
  readonly ending: Ending | undefined;
  readonly verified: PhoneVerifyVerified | undefined;
  /** What the person has to fill in or press next. */
  readonly anchor: HTMLElement | undefined;
}
