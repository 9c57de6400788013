import { definePhoneVerify } from './index.js';

export * from './index.js';

definePhoneVerify();
