export { VonageBackend, VonageBackend as NexmoBackend, type VonageBackendOptions } from './vonage.backend.js';
