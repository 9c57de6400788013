export { MessageBirdBackend, type MessageBirdBackendOptions, type MessageBirdFields } from './messagebird.backend.js';
