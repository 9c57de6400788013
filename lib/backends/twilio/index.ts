export { TwilioBackend, type TwilioBackendOptions, type TwilioFields } from './twilio.backend.js';
