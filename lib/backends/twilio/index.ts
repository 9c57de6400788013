export { TwilioBackend } from './twilio.backend.js';
export type { TwilioBackendOptions, TwilioFields } from './twilio.options.js';
