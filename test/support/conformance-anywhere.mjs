// Runs the conformance suite under the test runner that starts this file: with its globals, or with node:test.
import { strictEqual } from 'node:assert';
import { createRequire } from 'node:module';
import { BaseBackend, SandboxBackend } from '../../dist/index.js';
import { describeBackend } from '../../dist/testing/index.js';

strictEqual(createRequire(import.meta.url)('../../dist/testing/index.js').describeBackend, describeBackend);

class BrokenBackend extends BaseBackend {
  async sendSms() {
    return { messageId: 1 };
  }
}

const backend = process.env.CONFORMANCE_OF_BROKEN_BACKEND ? BrokenBackend : SandboxBackend;
describeBackend(() => ({ backend, options: {} }));
