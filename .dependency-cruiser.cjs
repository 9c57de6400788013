/** Dependencies point inward: HTTP → service → store and backend. */
module.exports = {
  forbidden: [
    {
      name: 'nothing-inside-knows-http',
      severity: 'error',
      from: { path: '^lib/(verification|phone-number|message|backends|migrations)/' },
      to: { path: '^lib/http/' },
    },
    {
      name: 'the-outside-of-the-core-stays-outside',
      severity: 'error',
      from: { path: '^lib/(phone-number|message)/' },
      to: { path: '^lib/(verification|backends|http)/' },
    },
    {
      name: 'nothing-needs-the-conformance-suite',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/testing/' },
      to: { path: '^lib/testing/' },
    },
    {
      name: 'the-browser-gets-its-own-files-alone',
      severity: 'error',
      from: { path: '^lib/client/' },
      to: { pathNot: '^lib/client/' },
    },
    {
      name: 'the-server-needs-nothing-of-the-browser',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/client/' },
      to: { path: '^lib/client/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-peers-and-dependencies',
      comment: 'A peer is a development dependency here as well, so the packages are named.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/backends/(twilio|vonage|aws-sns|telnyx)/' },
      to: {
        path: 'node_modules/',
        pathNot:
          'node_modules/(@nestjs/(common|core|typeorm|event-emitter|terminus|swagger)|@opentelemetry/api|typeorm|class-validator|reflect-metadata|libphonenumber-js|cockatiel|ipaddr\\.js)/',
      },
    },
    {
      name: 'an-optional-package-in-its-own-place-only',
      comment: 'Types alone, or imported when the application starts.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/events/event-emission.ts$' },
      to: { path: 'node_modules/@nestjs/event-emitter/' },
    },
    {
      name: 'swagger-in-its-own-place-only',
      comment: 'Types alone, or imported when the application starts.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/http/openapi/' },
      to: { path: 'node_modules/@nestjs/swagger/' },
    },
    {
      name: 'terminus-in-its-own-entry-point-only',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/terminus/' },
      to: { path: ['node_modules/@nestjs/terminus/', '^lib/terminus/'] },
    },
    {
      name: 'opentelemetry-in-its-own-place-only',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/telemetry/' },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'an-sdk-in-its-own-backend-only',
      comment: 'Types alone, or imported when the backend starts.',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/backends/(twilio|vonage|aws-sns|telnyx)/' },
      to: { path: 'node_modules/(twilio|@vonage|@aws-sdk|telnyx)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
