import { type Rule, type TaskConfiguration, Tree } from '@angular-devkit/schematics';
import { beforeEach, describe, expect, it } from 'vitest';
import { nestAdd, type NestAddContext } from '../../lib/schematics/nest-add.js';

const PATH = 'src/app.module.ts';

/** As the Nest CLI generates it. */
const GENERATED = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;

const PHONE_VERIFY = `PhoneVerifyModule.forRoot({
      backend: SandboxBackend,
      appName: 'Acme',
      isGlobal: true,
    })`;

describe('nest add nestjs-phone-verify', () => {
  let printed: string[];
  let tasks: TaskConfiguration<object>[];

  beforeEach(() => {
    printed = [];
    tasks = [];
  });

  const context: NestAddContext = {
    logger: {
      info: (message) => void printed.push(`info: ${message}`),
      warn: (message) => void printed.push(`warn: ${message}`),
    },
    addTask: (task) => tasks.push(task.toConfiguration()),
  };

  /** Runs the schematic on an application. */
  function add(module: string, dependencies: object = { '@nestjs/core': '^12.0.1' }, type?: string) {
    const tree = Tree.empty();
    tree.create(PATH, module);
    tree.create('package.json', JSON.stringify({ name: 'app', type, dependencies }));
    nestAdd({ sourceRoot: 'src' })(tree, context);
    return { module: tree.readText(PATH), manifest: Object(tree.readJson('package.json')) };
  }

  it('is a rule of a schematic', () => {
    const rule: Rule = nestAdd({});

    expect(rule).toBeTypeOf('function');
  });

  it('adds the quick start to what the Nest CLI 12 generates', () => {
    const { module, manifest } = add(GENERATED, { rxjs: '^7.8.1', '@nestjs/core': '^12.0.1' }, 'module');

    expect(module).toBe(`import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';
import { createRequire } from 'node:module';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  phoneVerifyMigrations,
  PhoneVerifyModule,
  SandboxBackend,
} from 'nestjs-phone-verify';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: createRequire(import.meta.url)('libsql'),
      database: 'app.sqlite',
      autoLoadEntities: true,
      migrations: phoneVerifyMigrations,
      migrationsRun: true,
    }),
    ${PHONE_VERIFY},
  ],
  controllers: [AppController],
})
export class AppModule {}
`);
    expect(Object.entries(manifest.dependencies)).toEqual([
      ['@nestjs/core', '^12.0.1'],
      ['@nestjs/typeorm', '^12.0.0'],
      ['class-transformer', '^0.5.1'],
      ['class-validator', '^0.15.0'],
      ['libsql', '^0.5.29'],
      ['rxjs', '^7.8.1'],
      ['typeorm', '^1.0.0'],
    ]);
    expect(tasks).toMatchObject([{ name: 'node-package', options: { command: 'install' } }]);
  });

  it('adds what Nest 11 needs, in CommonJS', () => {
    const { module, manifest } = add(GENERATED, { '@nestjs/core': '^11.0.1' });

    expect(module).toContain("driver: createRequire(__filename)('libsql')");
    expect(manifest.dependencies).toMatchObject({ '@nestjs/typeorm': '^11.0.0', typeorm: '^0.3.20' });
  });

  it('leaves the data source to an application that has one', () => {
    const { module, manifest } = add(GENERATED, { '@nestjs/core': '^12.0.1', '@nestjs/typeorm': '^12.0.0' });

    expect(module).toContain(`imports: [\n    ${PHONE_VERIFY},\n  ],`);
    expect(module).not.toContain('TypeOrmModule');
    expect(manifest.dependencies).not.toHaveProperty('libsql');
    expect(tasks).toEqual([]);
    expect(printed.join()).toContain('1. Add phoneVerifyMigrations to the migrations of your data source');
  });

  it('prints the next steps', () => {
    add(GENERATED);

    expect(printed).toEqual([expect.stringMatching(/^info: Phone verification is added\. Next steps:\n1\. /)]);
    expect(printed.join()).toContain('/phone/register');
    expect(printed.join()).toContain('123456');
  });

  it.each([
    ['a list on one line', 'imports: [OneModule, other()]', `imports: [OneModule, other(),\n    ${PHONE_VERIFY}]`],
    ['a trailing comma', 'imports: [\n    OneModule,\n  ]', `imports: [\n    OneModule,\n    ${PHONE_VERIFY},\n  ]`],
    [
      'another list of imports inside',
      'providers: [x({ imports: [] })],\n  imports: [y.forRootAsync({ imports: [Z] })]',
      `imports: [y.forRootAsync({ imports: [Z] }),\n    ${PHONE_VERIFY}]`,
    ],
    ['no imports', 'controllers: []', `@Module({\n  imports: [\n    ${PHONE_VERIFY},\n  ],\n  controllers: []`],
    [
      'such a text in a comment',
      '// imports: [],\n  imports: []',
      `// imports: [],\n  imports: [\n    ${PHONE_VERIFY},\n  ]`,
    ],
  ])('adds to a module with %s', (_what, metadata, expected) => {
    const module = `import { Module } from "@nestjs/common";\n\n@Module({\n  ${metadata}\n})\nexport class AppModule {}\n`;

    const { module: changed } = add(module, { '@nestjs/typeorm': '^12.0.0' });

    expect(changed).toContain(expected);
    expect(changed).toContain('import { PhoneVerifyModule, SandboxBackend } from "nestjs-phone-verify";\n\n@Module');
  });

  it('imports no name twice', () => {
    const { module } = add(`import { createRequire } from 'node:module';\n${GENERATED}`);

    expect(module.match(/import .*createRequire/g)).toHaveLength(1);
  });

  it.each([
    ['a list that is not written in it', '@Module({ imports: MODULES })\nexport class AppModule {}\n'],
    ['no class with @Module', 'export const AppModule = createModule();\n'],
  ])('leaves a file with %s as it is, and prints what to add', (_what, module) => {
    const { module: changed } = add(module);

    expect(changed).toBe(module);
    expect(printed[0]).toMatch(/^warn: src\/app\.module\.ts has no class .* Add this to your module yourself:/);
    expect(printed[0]).toContain("import { phoneVerifyMigrations, PhoneVerifyModule, SandboxBackend } from 'nestjs-");
    expect(printed[0]).toContain(PHONE_VERIFY.replaceAll('\n    ', '\n'));
  });

  it('changes nothing the second time', () => {
    const first = add(GENERATED);
    printed.length = 0;

    const second = add(first.module);

    expect(second.module).toBe(first.module);
    expect(printed).toEqual(['info: src/app.module.ts imports nestjs-phone-verify already. Nothing was changed.']);
  });
});
