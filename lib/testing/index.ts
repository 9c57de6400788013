export type { BackendFactory, BackendUnderTest, DeliveredMessage, ProviderScenario } from './backend-under-test.js';
export { describeBackend } from './describe-backend.js';
export type { TestRunner } from './test-runner.js';
