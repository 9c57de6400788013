import { createRequire } from 'node:module';
import { join } from 'node:path';
// Types only: the Nest CLI that runs the schematic has the package, and an application does not need it.
import type { TaskConfigurationGenerator, Tree } from '@angular-devkit/schematics';
import { addDependencies, type ApplicationManifest, readManifest } from './application-manifest.js';
import { addToModule, type Compiler, importsPackage, type ModuleAddition } from './module-file.js';

const PACKAGE = 'nestjs-phone-verify';

/** What the Nest CLI passes. */
export interface NestAddOptions {
  /** The folder of the application's sources. */
  readonly sourceRoot?: string;
}

/** What the schematic needs of its context. */
export interface NestAddContext {
  readonly logger: { info(message: string): void; warn(message: string): void };
  addTask(task: TaskConfigurationGenerator<object>): unknown;
}

/** Installs what `package.json` lists. `NodePackageInstallTask`, written out, so that nothing is imported. */
const INSTALL: TaskConfigurationGenerator<object> = {
  toConfiguration: () => ({ name: 'node-package', options: { command: 'install', quiet: true, hideOutput: false } }),
};

/**
 * `nest add nestjs-phone-verify`: adds the module with the sandbox backend to `app.module.ts`, and prints what to do next.
 * An application without TypeORM gets it too, with a SQLite file.
 */
export function nestAdd({ sourceRoot = 'src' }: NestAddOptions): (tree: Tree, context: NestAddContext) => void {
  return (tree, context) => {
    const path = `${sourceRoot}/app.module.ts`;
    const text = tree.exists(path) ? tree.readText(path) : '';
    const compiler = loadCompiler();
    if (compiler !== undefined && importsPackage(compiler, text, PACKAGE)) {
      context.logger.info(`${path} imports ${PACKAGE} already. Nothing was changed.`);
      return;
    }
    const manifest = readManifest(tree);
    const addition = additionFor(manifest);
    const changed = compiler && addToModule(compiler, text, addition);
    if (changed === undefined) context.logger.warn(adviceFor(path, addition));
    else tree.overwrite(path, changed);
    if (!manifest.hasTypeOrm) installDependencies(tree, context, manifest);
    context.logger.info(nextSteps(manifest));
  };
}

/** The application's TypeScript: every Nest application that is built with the CLI has it. */
function loadCompiler(): Compiler | undefined {
  try {
    const compiler: unknown = createRequire(join(process.cwd(), 'package.json'))('typescript');
    return isCompiler(compiler) ? compiler : undefined;
  } catch {
    return undefined;
  }
}

/** Later versions of TypeScript may come without it. */
function isCompiler(value: unknown): value is Compiler {
  return typeof value === 'object' && value !== null && 'createSourceFile' in value;
}

function additionFor({ isEsm, hasTypeOrm }: ApplicationManifest): ModuleAddition {
  const phoneVerify = `PhoneVerifyModule.forRoot({
  backend: SandboxBackend,
  appName: 'Acme',
  isGlobal: true,
})`;
  if (hasTypeOrm) return { imports: { [PACKAGE]: ['PhoneVerifyModule', 'SandboxBackend'] }, modules: [phoneVerify] };
  const typeOrm = `TypeOrmModule.forRoot({
  type: 'better-sqlite3',
  driver: createRequire(${isEsm ? 'import.meta.url' : '__filename'})('libsql'),
  database: 'app.sqlite',
  autoLoadEntities: true,
  migrations: phoneVerifyMigrations,
  migrationsRun: true,
})`;
  const imports = {
    'node:module': ['createRequire'],
    '@nestjs/typeorm': ['TypeOrmModule'],
    [PACKAGE]: ['phoneVerifyMigrations', 'PhoneVerifyModule', 'SandboxBackend'],
  };
  return { imports, modules: [typeOrm, phoneVerify] };
}

function adviceFor(path: string, { imports, modules }: ModuleAddition): string {
  const statements = Object.entries(imports).map(([from, names]) => `import { ${names.join(', ')} } from '${from}';`);
  const reason = `${path} has no class with @Module({ … }) whose imports are a list`;
  return `${reason}. Add this to your module yourself:\n\n${statements.join('\n')}\n\n${modules.join(',\n')},\n`;
}

function installDependencies(tree: Tree, context: NestAddContext, { missing }: ApplicationManifest): void {
  if (Object.keys(missing).length === 0) return;
  addDependencies(tree, missing);
  context.addTask(INSTALL);
}

function nextSteps({ hasTypeOrm }: ApplicationManifest): string {
  const steps = [
    ...(hasTypeOrm
      ? ['Add phoneVerifyMigrations to the migrations of your data source, and set autoLoadEntities: true.']
      : [
          'The rows are in the file app.sqlite. Use your own database in TypeOrmModule, and add app.sqlite to .gitignore.',
        ]),
    'Set appName to the name that people see in the message.',
    `Start the application, and request a code:
   curl http://localhost:3000/phone/register -H 'Content-Type: application/json' -d '{"phone_number": "+1 415 555 2671"}'
   The sandbox sends nothing. Its code is 123456.`,
    `A global prefix, guard or interceptor of your application applies to these routes too. The option \`decorators\`, such as
   \`decorators: [Public()]\`, exempts them: see "Existing application" in the documentation.`,
    `Replace SandboxBackend with your provider before you go live: see node_modules/${PACKAGE}/README.md.`,
  ];
  return `Phone verification is added. Next steps:\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`;
}
