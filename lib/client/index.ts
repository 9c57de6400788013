export type { PhoneVerifyCodeFormat, PhoneVerifyVerified } from './responses.js';
export {
  PhoneVerifyClientError,
  type PhoneVerifyClientErrorCode,
  type PhoneVerifyClientErrorDetails,
} from './client-error.js';
export { PhoneVerifyClient, type PhoneVerifyClientOptions } from './phone-verify.client.js';
export type { PhoneVerifySession } from './phone-verify.session.js';
export type { PhoneVerifyStorage } from './session-record.js';
export type {
  PhoneVerifyBeforeSend,
  PhoneVerifySend,
  PhoneVerifySendExtras,
  PhoneVerifySendOptions,
} from './before-send.js';
export { definePhoneVerify } from './element/define.js';
export { PhoneVerifyElement } from './element/phone-verify.element.js';
export type { PhoneVerifyElementEventMap, PhoneVerifyEventMap } from './element/phone-verify.events.js';
export type { PhoneVerifyLocale, PhoneVerifyPlural } from './element/phone-verify.locale.js';
export type { PhoneVerifyTextChanges, PhoneVerifyTexts } from './element/texts.js';
