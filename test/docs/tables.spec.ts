import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as library from '../../lib/index.js';
import { checkOptions } from '../../lib/phone-verify.options-check.js';
import { faultsOf } from '../support/configuration-faults.js';
import { PAGES, read, ROOT, table } from './pages.js';

const MANIFEST: { exports: object; peerDependenciesMeta: object } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

/** Whether an optional package is a provider's, and not one of an application's other tools. */
function isSdk(name: string): boolean {
  return !/^@(nestjs|opentelemetry)\//.test(name);
}

/** What stands in a cell as code. */
function namesIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`(\w+)`/g), ([, name = '']) => name);
}

function withoutBackticks(cell: string): string {
  return cell.replaceAll('`', '');
}

/** Limits as an application would write them. */
function limitDefaults({ store, rules, conversion }: library.ResolvedLimits): Record<string, unknown> {
  const entriesOf = (rule: library.LimitRule): unknown => {
    const entries = rules.filter((limit) => limit.rule === rule).map(({ max, seconds }) => ({ max, seconds }));
    return entries.length > 0 && entries;
  };
  return {
    'limits.store': store,
    'limits.resendAfter': rules.find(({ rule }) => rule === 'resendAfter')?.seconds,
    'limits.perNumber': entriesOf('perNumber'),
    'limits.perIp': entriesOf('perIp'),
    'limits.perPrefix': entriesOf('perPrefix'),
    'limits.perCountry': entriesOf('perCountry'),
    'limits.total': entriesOf('total'),
    'limits.perSubject': entriesOf('perSubject'),
    'limits.conversion': conversion,
  };
}

/** The methods that applications call: neither private nor internal. */
function publicMethodsOf(path: string, className: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const declaration = source.statements
    .filter((statement) => ts.isClassDeclaration(statement))
    .find(({ name }) => name?.text === className);
  return (declaration?.members ?? ts.factory.createNodeArray<ts.ClassElement>())
    .filter((member) => ts.isMethodDeclaration(member))
    .filter(({ name }) => ts.isIdentifier(name))
    .filter((member) => (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.NonPublicAccessibilityModifier) === 0)
    .filter((member) => !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal'))
    .map(({ name }) => name.getText());
}

describe('the tables of the documentation', () => {
  it('list every option with its default', () => {
    const { options } = checkOptions({ appName: 'Acme', backend: library.SandboxBackend }, {});
    const defaults: Record<string, unknown> = {
      ...options,
      'delivery.timeoutMs': options.delivery.timeoutMs,
      'storage.timeoutMs': options.storage.timeoutMs,
      'storage.preparedStatements': options.storage.preparedStatements,
      'cleanup.everyMinutes': options.cleanup && options.cleanup.everyMinutes,
      ...Object.fromEntries(Object.entries(options.numbers).map(([name, value]) => [`numbers.${name}`, value])),
      ...limitDefaults(options.limits),
      ...Object.fromEntries(Object.entries(options.autofill).map(([name, value]) => [`autofill.${name}`, value])),
      testNumbers: options.testNumbers,
      'events.fullNumbers': options.events.fullNumbers,
      options: options.options,
      minTokenLength: 6,
      secret: undefined,
      backend: 'required',
      appName: 'required',
    };
    for (const name of ['delivery', 'storage', 'cleanup', 'limits', 'numbers', 'autofill', 'events'])
      delete defaults[name];
    const [listed] = optionTables().map((rows) =>
      Object.fromEntries(rows.map(([name = '', , , value = '']) => [withoutBackticks(name), value])),
    );

    const expected = Object.entries(defaults).map(([name, value]) => {
      if (value === undefined) return [name, 'none'];
      if (value === 'required') return [name, 'required'];
      return [name, `\`${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}\``];
    });
    expect(listed).toEqual(Object.fromEntries(expected));
  });

  it('list every static option', () => {
    const [, rows = []] = optionTables();
    const names = rows.map(([name = '']) => withoutBackticks(name));
    const [fault] = faultsOf(() =>
      checkOptions({ appName: 'Acme', backend: library.SandboxBackend }, { unheardOf: 1 }),
    );

    const known = /the options are ([\w, ]+)/.exec(fault ?? '')?.[1]?.split(', ') ?? [];
    expect(names).toEqual(known.filter((name) => name !== 'backend'));
  });

  it('list every provider, with the options that its backend takes and the package that it needs', async () => {
    const entries = Object.keys(MANIFEST.exports).filter((entry) =>
      existsSync(join(ROOT, 'lib/backends', entry, 'index.ts')),
    );
    const rows = table('docs/providers.md', 'entry point');
    const installed = rows.flatMap(([, , , install = '']) => /npm install (.+)`/.exec(install)?.[1]?.split(' ') ?? []);

    expect(rows.map(([entry]) => entry)).toEqual(entries.map((entry) => `\`nestjs-phone-verify${entry.slice(1)}\``));
    for (const [index, [, name = '', options = '']] of rows.entries()) {
      const entryPoint = await import(join(ROOT, 'lib/backends', entries[index] ?? '', 'index.ts'));
      const listed = [...namesIn(options), 'baseUrl', 'timeoutMs', 'agent', 'extra'];
      for (const className of namesIn(name)) {
        const [fault] = faultsOf(() => new entryPoint[className]({ unheardOf: 1 }));
        expect(new Set(fault?.split('the options are ')[1]?.split(', '))).toEqual(new Set(listed));
      }
    }
    expect(new Set(installed)).toEqual(new Set(Object.keys(MANIFEST.peerDependenciesMeta).filter(isSdk)));
  });

  it('and the text give the command that installs any other optional package', () => {
    const others = Object.keys(MANIFEST.peerDependenciesMeta).filter((name) => !isSdk(name));
    const commands = PAGES.flatMap((page) =>
      Array.from(read(page).matchAll(/`npm install ([^`]+)`/g), ([, names = '']) => names.split(' ')),
    );
    const installed = new Set(commands.flat());

    expect(others.filter((name) => !installed.has(name))).toEqual([]);
  });

  it('list every code of the routes, once', () => {
    const listed = table('docs/http-api.md', 'status').map(
      ([status = '', code = '']) => `${status} ${withoutBackticks(code)}`,
    );

    expect(listed).toEqual([
      '400 request_invalid',
      '400 phone_number_invalid',
      '400 phone_number_not_allowed',
      '400 security_code_invalid',
      '400 security_code_expired',
      '400 security_code_verified',
      '400 security_code_too_many_attempts',
      '403 phone_not_verified',
      '415 media_type_unsupported',
      '429 rate_limited',
      '502 sms_delivery_failed',
      '503 service_unavailable',
    ]);
  });

  it('list every error class with its code', () => {
    const listed = table('docs/service.md', 'class').map(([name = '', code = '']) => [
      withoutBackticks(name),
      withoutBackticks(code),
    ]);
    const errors: Readonly<Record<string, { code: string }>> = {
      PhoneNumberInvalidError: new library.PhoneNumberInvalidError(),
      PhoneNumberNotAllowedError: new library.PhoneNumberNotAllowedError(),
      ArgumentInvalidError: new library.ArgumentInvalidError('x', 'x'),
      ResendRefusedError: new library.ResendRefusedError(library.VerificationStatus.Expired),
      SmsDeliveryError: new library.SmsDeliveryError('unknown', 'x'),
      StorageUnavailableError: new library.StorageUnavailableError(),
      BackendHookError: new library.BackendHookError('x', 'x'),
      RandomSourceError: new library.RandomSourceError(),
      RateLimitedError: new library.RateLimitedError(1),
      PhoneVerifyConfigurationError: new library.PhoneVerifyConfigurationError('x'),
    };
    const exported = Object.keys(library).filter((name) => name.endsWith('Error') && name !== 'PhoneVerifyError');

    expect(new Set(exported)).toEqual(new Set(Object.keys(errors)));
    expect(Object.fromEntries(listed)).toEqual(
      Object.fromEntries(Object.entries(errors).map(([name, { code }]) => [name, code])),
    );
  });

  it('list every public method of the service, and no other', () => {
    const listed = table('docs/service.md', 'method').map(([call = '']) => /\w+/.exec(call)?.[0] ?? '');
    const methods = publicMethodsOf('lib/verification/phone-verification.service.ts', 'PhoneVerificationService');

    expect(methods).toContain('sendSecurityCode');
    expect(listed.toSorted()).toEqual(methods.toSorted());
  });

  it('list every event, and no other', () => {
    const listed = table('docs/observability.md', 'event').map(([name = '']) => withoutBackticks(name));

    expect(new Set(listed)).toEqual(new Set<string>(Object.values(library.PhoneVerifyEvents)));
  });
});

/** The page on options has two tables: the options, and those that are static. */
function optionTables(): string[][][] {
  const page = read('docs/options.md');
  const tables = page.split('\n\n').filter((part) => /^\| option +\|/.test(part));
  return tables.map((text) =>
    text
      .trimEnd()
      .split('\n')
      .slice(2)
      .map((row) =>
        row
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );
}
