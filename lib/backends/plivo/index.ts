export { PlivoBackend, type PlivoBackendOptions, type PlivoFields } from './plivo.backend.js';
