/**
 * What each folder of `lib/` may import, beside itself. Everything else is an error. A folder imports only folders
 * below it in this list, so no two folders import each other.
 */
const FOLDERS = {
  http: ['verification', 'limits', 'phone-number', 'common'],
  testing: ['backends', 'common'],
  terminus: ['verification', 'limits', 'backends', 'common'],
  verification: ['limits', 'backends', 'message', 'phone-number', 'observability', 'database', 'common'],
  limits: ['phone-number', 'observability', 'database', 'common'],
  backends: ['message', 'phone-number', 'observability', 'database', 'common'],
  message: ['common'],
  'phone-number': ['common'],
  observability: ['common'],
  database: ['common'],
  common: [],
  client: [],
  // Runs in the Nest CLI, before there is an application.
  schematics: [],
};

/** Files of the root that a folder may import: errors, and above `database/` the tokens and the types of all options. */
const ROOT_FILES = {
  http: ['errors', 'tokens', 'options'],
  terminus: ['errors', 'tokens', 'options'],
  verification: ['errors', 'tokens', 'options'],
  limits: ['errors', 'tokens', 'options'],
  backends: ['errors', 'tokens'],
  'phone-number': ['errors'],
  observability: ['tokens', 'options'],
  database: ['errors'],
  common: ['errors'],
};

/** Where an optional package may be imported: as a type, or by a dynamic import when the application starts. */
const OPTIONAL_PACKAGES = {
  '^lib/observability/': ['@nestjs/event-emitter', '@opentelemetry/api'],
  '^lib/http/openapi/': ['@nestjs/swagger'],
  '^lib/terminus/': ['@nestjs/terminus'],
  // Bundled into a file of its own, which the element loads when somebody begins to type.
  '^lib/client/element/numbering-plans\\.ts$': ['libphonenumber-js'],
  // The entry points for frameworks: a wrapper, and types.
  '^lib/client/react\\.ts$': ['react', '@types/react'],
  '^lib/client/svelte\\.ts$': ['svelte'],
  '^lib/client/vue\\.ts$': ['vue'],
  '^lib/backends/provider/': ['proxy-from-env', '@types/proxy-from-env'],
  '^lib/backends/twilio/': ['twilio'],
  '^lib/backends/vonage/': ['@vonage/(auth|sms|server-client)'],
  '^lib/backends/aws-sns/': ['@aws-sdk/client-sns', '@smithy/[^/]+'],
  '^lib/backends/aws-sms/': ['@aws-sdk/client-pinpoint-sms-voice-v2'],
  '^lib/backends/telnyx/': ['telnyx'],
  // As types: the Nest CLI and the application have them.
  '^lib/schematics/': ['@angular-devkit/schematics', 'typescript'],
};

/** Peers and dependencies that every folder but the browser's may import. */
const PACKAGES = [
  '@nestjs/(common|core|typeorm)',
  'typeorm',
  'rxjs',
  'class-validator',
  'class-transformer',
  'reflect-metadata',
  'libphonenumber-js',
  'ipaddr\\.js',
];

const inPackages = (names) => `node_modules/(${names.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  allowed: [
    ...Object.entries(FOLDERS).map(([folder, others]) => ({
      from: { path: `^lib/${folder}/` },
      to: { path: `^lib/(${[folder, ...others].join('|')})/` },
    })),
    ...Object.entries(ROOT_FILES).map(([folder, files]) => ({
      from: { path: `^lib/${folder}/` },
      to: { path: `^lib/phone-verify\\.(${files.join('|')})\\.ts$` },
    })),
    // The root puts the folders together. Entry points of their own are no part of it.
    { from: { path: '^lib/[^/]+$' }, to: { path: '^lib/', pathNot: '^lib/(client|testing|terminus|schematics)/' } },
    { from: { path: '^lib/', pathNot: '^lib/client/' }, to: { dependencyTypes: ['core'] } },
    { from: { path: '^lib/', pathNot: '^lib/client/' }, to: { path: inPackages(PACKAGES) } },
    ...Object.entries(OPTIONAL_PACKAGES).map(([path, names]) => ({ from: { path }, to: { path: inPackages(names) } })),
  ],
  allowedSeverity: 'error',
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
