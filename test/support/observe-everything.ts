// A setup file: every application that a test creates has its providers wrapped by `@nestjs/observe`.
import type { NestContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { TestingInjector } from '@nestjs/testing/testing-injector.js';
import { instrument, observeModule } from './observe.js';

const { createTestingModule } = Test;
const { setContainer } = TestingInjector.prototype;

function createObserved(...[metadata, options]: Parameters<typeof createTestingModule>) {
  const imports = [observeModule(), ...(metadata.imports ?? [])];
  return createTestingModule.call(Test, { ...metadata, imports }, { ...options, instrument });
}

// Test files that share the modules of a process share this too.
if (createTestingModule.name !== createObserved.name) {
  Test.createTestingModule = createObserved;
  // The injector of tests ignores the option, which otherwise holds for values and for what modules create themselves.
  TestingInjector.prototype.setContainer = function observe(this: TestingInjector, container: NestContainer): void {
    setContainer.call(this, container);
    Object.assign(this, instrument);
  };
}
