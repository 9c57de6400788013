export { BirdBackend, type BirdBackendOptions, type BirdFields } from './bird.backend.js';
