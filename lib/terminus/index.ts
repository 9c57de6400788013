export { PhoneVerifyHealthIndicator, type PhoneVerifyHealth } from './phone-verify.health.js';
