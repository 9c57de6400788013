import { describe, expect, it } from 'vitest';
import { dataSourceOptions, readEnvironment } from '../../sample-app/src/configuration.js';

describe('the environment of the sample', () => {
  it('has no required variables', () => {
    expect(readEnvironment({})).toEqual({
      HOST: '127.0.0.1',
      DRAIN_SECONDS: 8,
      NODE_ENV: 'development',
      APP_NAME: 'Sample',
      PHONE_VERIFY_BACKEND: 'sandbox',
    });
    expect(dataSourceOptions(undefined).type).toBe('better-sqlite3');
  });

  it.each([
    ['postgres://root@127.0.0.1:5432/test', 'postgres'],
    ['mysql://root@127.0.0.1:3306/test', 'mariadb'],
    ['mariadb://root@127.0.0.1:3306/test', 'mariadb'],
  ])('selects the database of %s', (url, type) => {
    expect(readEnvironment({ DATABASE_URL: url }).DATABASE_URL).toBe(url);
    expect(dataSourceOptions(url).type).toBe(type);
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['DRAIN_SECONDS', '-1'],
    ['DRAIN_SECONDS', '61'],
    ['DATABASE_URL', 'oracle://localhost/x'],
    ['NODE_ENV', 'staging'],
    ['PHONE_VERIFY_SECRET', 'short'],
  ])('is refused with %s=%s', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(name);
  });
});
