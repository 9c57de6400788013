// Runs the examples of docs/testing.md in CommonJS applications with Jest: one from @nestjs/cli 11, and a minimal one.
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
  '@nestjs/platform-express@11',
  '@nestjs/testing@11',
  '@nestjs/typeorm@11',
  'typeorm@0.3',
  'class-validator@0.14',
  'class-transformer@0.5',
  'reflect-metadata@0.2',
  'rxjs@7',
  'libsql@0.5.29',
  'supertest@7',
  '@types/supertest@7',
];

/** The configuration of Jest and TypeScript that `@nestjs/cli` 11 generates. */
const GENERATED = {
  jest: {
    moduleFileExtensions: ['js', 'json', 'ts'],
    rootDir: '.',
    testRegex: '.*\\.(e2e-)?spec\\.ts$',
    transform: { '^.+\\.(t|j)s$': 'ts-jest' },
    collectCoverageFrom: ['**/*.(t|j)s'],
    coverageDirectory: '../coverage',
    testEnvironment: 'node',
  },
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    resolvePackageJsonExports: true,
    esModuleInterop: true,
    isolatedModules: true,
    declaration: true,
    removeComments: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    allowSyntheticDefaultImports: true,
    target: 'ES2023',
    sourceMap: true,
    outDir: './dist',
    baseUrl: './',
    incremental: true,
    skipLibCheck: true,
    strictNullChecks: true,
    forceConsistentCasingInFileNames: true,
    noImplicitAny: false,
    strictBindCallApply: false,
    noFallthroughCasesInSwitch: false,
  },
};

/** A project that configures Jest and TypeScript itself, as the page describes. */
const BARE = {
  jest: { testEnvironment: 'node', transform: { '^.+\\.[jt]s$': 'ts-jest' }, testRegex: '.*\\.(e2e-)?spec\\.ts$' },
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

const page = readFileSync(fileURLToPath(new URL('../../docs/testing.md', import.meta.url)), 'utf8');
const [, recipe] = /^```json jest\n([\s\S]*?)^```$/m.exec(page);

/** A file of the page, changed for Jest as the page describes. */
function fileOfPage(name) {
  const [, text] = new RegExp(`^\`\`\`ts\\n// ${name.replaceAll('.', '\\.')}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page);
  return text
    .replace(/^import .* from 'vitest';\n/m, '')
    .replace(/^import .* from 'node:module';\n/m, '')
    .replaceAll(/ from '(\.\/.*)\.js'/g, " from '$1'")
    .replace("createRequire(import.meta.url)('libsql')", "require('libsql')");
}

const folder = mkdtempSync(join(tmpdir(), 'phone-verify-jest-'));
try {
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'verify.spec.ts'), SPEC);
  for (const name of ['app.module.ts', 'newsletter.controller.ts', 'app.e2e-spec.ts']) {
    writeFileSync(join(folder, name), fileOfPage(name));
  }
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', resolve(tarball), ...PACKAGES, ...quiet], { cwd: folder, stdio: 'inherit' });
  for (const { jest, compilerOptions } of [GENERATED, BARE]) {
    writeFileSync(join(folder, 'jest.config.json'), JSON.stringify({ ...jest, ...JSON.parse(recipe) }));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    execFileSync('npx', ['jest'], { cwd: folder, stdio: 'inherit' });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
