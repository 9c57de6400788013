export { PlivoBackend, type PlivoBackendOptions } from './plivo.backend.js';
