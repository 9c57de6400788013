export { InfobipBackend, type InfobipBackendOptions } from './infobip.backend.js';
