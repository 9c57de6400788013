export { TelnyxBackend } from './telnyx.backend.js';
export type { TelnyxBackendOptions, TelnyxFields } from './telnyx.options.js';
