export {
  VonageBackend,
  VonageBackend as NexmoBackend,
  type VonageBackendOptions,
  type VonageFields,
} from './vonage.backend.js';
