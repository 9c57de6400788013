export { TelnyxBackend, type TelnyxBackendOptions, type TelnyxFields } from './telnyx.backend.js';
