export { InfobipBackend, type InfobipBackendOptions, type InfobipFields } from './infobip.backend.js';
