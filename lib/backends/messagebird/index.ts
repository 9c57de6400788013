export { MessageBirdBackend, type MessageBirdBackendOptions } from './messagebird.backend.js';
