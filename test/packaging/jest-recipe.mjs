// The README's recipe for Jest, in an empty CommonJS application.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [tarball] = process.argv.slice(2);

const PACKAGES = [
  'jest@30',
  'ts-jest@29',
  'typescript@5.9',
  '@types/jest@30',
  '@nestjs/common@11',
  '@nestjs/core@11',
  '@nestjs/testing@11',
  '@nestjs/typeorm@11',
  'typeorm@0.3',
  'class-validator@0.14',
  'class-transformer@0.5',
  'reflect-metadata@0.2',
  'rxjs@7',
  'libsql@0.5.29',
];

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'commonjs',
    allowJs: true,
    esModuleInterop: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  },
};

const SPEC = `
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import * as phones from 'nestjs-phone-verify';
import { describeBackend } from 'nestjs-phone-verify/testing';

class FailingBackend extends phones.BaseBackend {
  async sendSms(): Promise<void> {
    throw new phones.SmsDeliveryError('rejected', 'This one sends nothing.');
  }
}

describeBackend(() => ({ backend: phones.SandboxBackend }));

test('the conformance suite notices a backend that does not send', async () => {
  const runs: (() => Promise<void>)[] = [];
  describeBackend(() => ({ backend: FailingBackend }), {
    describe: (_name, define) => define(),
    it: (name, run) => name === 'sends a message' && runs.push(run),
  });
  expect(runs).toHaveLength(1);
  await expect(runs[0]()).rejects.toThrow('This one sends nothing.');
});

test('a code is sent and checked', async () => {
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        driver: require('libsql'),
        database: ':memory:',
        autoLoadEntities: true,
        migrations: phones.phoneVerifyMigrations,
        migrationsRun: true,
      }),
      phones.PhoneVerifyModule.forRoot({ backend: phones.SandboxBackend, appName: 'Acme' }),
    ],
  }).compile();
  await module.init();
  const service = module.get(phones.PhoneVerificationService);
  const { sessionToken } = await service.sendSecurityCode('+14155552671');
  const { status } = await service.verifySecurityCode('+14155552671', '123456', sessionToken);
  expect(status).toBe('security_code_valid');
  await module.close();
});
`;

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
const [, recipe] = /^```js jest\n([\s\S]*?)^```$/m.exec(readme);

const folder = mkdtempSync(join(tmpdir(), 'phone-verify-jest-'));
try {
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'jest.config.js'), recipe);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, 'verify.spec.ts'), SPEC);
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', resolve(tarball), ...PACKAGES, ...quiet], { cwd: folder, stdio: 'inherit' });
  execFileSync('npx', ['jest'], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
