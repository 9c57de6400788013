export { TelnyxBackend, type TelnyxBackendOptions } from './telnyx.backend.js';
