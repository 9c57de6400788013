export { TwilioBackend, type TwilioBackendOptions } from './twilio.backend.js';
