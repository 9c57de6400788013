import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type BulkSendResult, SmsDeliveryError } from '../../../lib/index.js';
import {
  bareNumber,
  BulkProviderBackend,
  type Outcome,
  type Outcomes,
  type SharedMessage,
} from '../../../lib/backends/provider/bulk.js';
import type { ProviderOptions } from '../../../lib/backends/provider/provider-options.js';
import { CODE, TEXT } from '../../support/provider-faults.js';

const NUMBERS = Array.from({ length: 7 }, (_, index) => `+1415555267${index}`);

/** Takes three numbers a request and answers what the test says of each. */
class ThreeAtOnce extends BulkProviderBackend<ProviderOptions> {
  protected override readonly numbersPerRequest = 3;
  readonly requests: (readonly string[])[] = [];

  constructor(private readonly answer: (number: string, together: readonly string[]) => Outcome | undefined) {
    super({});
  }

  protected override async deliverTogether({ numbers }: SharedMessage): Promise<Outcomes> {
    this.requests.push(numbers);
    const outcomes = new Map<string, Outcome>();
    for (const number of numbers.toReversed()) {
      const outcome = this.answer(number, numbers);
      if (outcome !== undefined) outcomes.set(bareNumber(number), outcome);
    }
    return outcomes;
  }
}

function took(number: string): Outcome {
  return { backend: 'ThreeAtOnce', messageId: `id of ${number}` };
}

function kinds(results: BulkSendResult): (string | undefined)[] {
  return results.map(({ receipt, error }) => receipt?.messageId ?? error?.kind);
}

describe('a bulk send of a provider that accepts many numbers in one request', () => {
  it('returns a result for each number, in the order given, with as few requests as possible', async () => {
    const backend = new ThreeAtOnce(took);

    const results = await backend.sendBulkSms(NUMBERS, TEXT);

    expect(results).toEqual(NUMBERS.map((number) => ({ number, receipt: took(number) })));
    expect(backend.requests.map(({ length }) => length)).toEqual([3, 3, 1]);
  });

  it.each([0, 1, 3, 6])('sends nothing more for %d numbers', async (count) => {
    const backend = new ThreeAtOnce(took);

    expect(await backend.sendBulkSms(NUMBERS.slice(0, count), TEXT)).toHaveLength(count);
    expect(backend.requests).toHaveLength(Math.ceil(count / 3));
  });

  it('sends once to a number that is in the list twice, and returns a result for both', async () => {
    const backend = new ThreeAtOnce(took);
    const list = [NUMBERS[0]!, NUMBERS[1]!, NUMBERS[0]!, '+1 (415) 555-2671'];

    const results = await backend.sendBulkSms(list, TEXT);

    expect(results.map(({ number }) => number)).toEqual(list);
    expect(backend.requests.flat()).toHaveLength(2);
    expect(results[2]?.receipt).toEqual(results[0]?.receipt);
    expect(results[3]?.receipt).toEqual(results[1]?.receipt);
  });

  it('keeps the results of the other numbers when one is refused', async () => {
    const backend = new ThreeAtOnce((number) =>
      number === NUMBERS[1] ? new SmsDeliveryError('rejected', 'Not this one.', { providerCode: '7' }) : took(number),
    );

    const results = await backend.sendBulkSms(NUMBERS.slice(0, 3), TEXT);

    expect(kinds(results)).toEqual([`id of ${NUMBERS[0]}`, 'rejected', `id of ${NUMBERS[2]}`]);
    expect(results[1]?.error).toMatchObject({ message: 'Not this one.', providerCode: '7' });
    expect(backend.requests).toHaveLength(1);
  });

  it('counts a number that is not in the response as unknown', async () => {
    const backend = new ThreeAtOnce((number) => (number === NUMBERS[1] ? undefined : took(number)));

    expect(kinds(await backend.sendBulkSms(NUMBERS.slice(0, 2), TEXT))).toEqual([`id of ${NUMBERS[0]}`, 'unknown']);
  });

  it('ends at a fault of the account: the numbers that were not tried have the same error', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `+14155553${100 + index}`);
    const backend = new ThreeAtOnce((_number, together) => {
      throw new SmsDeliveryError('misconfigured', `No credit for ${together.join()}.`, { providerCode: '25' });
    });

    const results = await backend.sendBulkSms(many, TEXT);

    expect(results.map(({ number }) => number)).toEqual(many);
    for (const { error } of results) expect(error).toMatchObject({ kind: 'misconfigured', providerCode: '25' });
    // Those that are under way when the first one fails.
    expect(backend.requests).toHaveLength(5);
    expect(inspect(results.map(({ error }) => error))).not.toMatch(/14155553\d{3}/);
  });

  it('ends at a fault of the account that the response names for one number', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `+14155553${100 + index}`);
    const backend = new ThreeAtOnce(() => new SmsDeliveryError('misconfigured', 'No credit.'));

    const results = await backend.sendBulkSms(many, TEXT);

    expect(new Set(kinds(results))).toEqual(new Set(['misconfigured']));
    expect(backend.requests).toHaveLength(5);
  });

  it('ends at a fault of the account that shows when a refused request is repeated number by number', async () => {
    const backend = new ThreeAtOnce((_number, together) => {
      throw new SmsDeliveryError(together.length > 1 ? 'unreachable' : 'misconfigured', 'Refused.');
    });

    expect(kinds(await backend.sendBulkSms(NUMBERS.slice(0, 3), TEXT))).toEqual(Array(3).fill('misconfigured'));
    expect(backend.requests.map(({ length }) => length)).toEqual([3, 1]);
  });

  it.each(['throttled', 'unavailable', 'unknown'] as const)(
    'a request that is %s fails each of its numbers and no others',
    async (kind) => {
      const backend = new ThreeAtOnce((number, together) => {
        if (together.includes(NUMBERS[0]!)) throw new SmsDeliveryError(kind, 'Not now.', { retryAfterSeconds: 5 });
        return took(number);
      });

      const results = await backend.sendBulkSms(NUMBERS, TEXT);

      expect(kinds(results).slice(0, 4)).toEqual([kind, kind, kind, `id of ${NUMBERS[3]}`]);
      expect(results[2]?.error).toMatchObject({ message: 'Not now.', retryAfterSeconds: 5 });
      expect(backend.requests).toHaveLength(3);
    },
  );

  it.each(['rejected', 'unreachable'] as const)('repeats a request that is %s for each number alone', async (kind) => {
    const backend = new ThreeAtOnce((number, together) => {
      if (together.includes(NUMBERS[1]!)) throw new SmsDeliveryError(kind, 'A bad number.');
      return took(number);
    });

    const results = await backend.sendBulkSms(NUMBERS.slice(0, 3), TEXT);

    expect(kinds(results)).toEqual([`id of ${NUMBERS[0]}`, kind, `id of ${NUMBERS[2]}`]);
    expect(backend.requests.map(({ length }) => length)).toEqual([3, 1, 1, 1]);
  });

  it.each(['of a number', 'of the request'])('shows no number and no text in an error %s', async (whose) => {
    const words = `"${TEXT}" to ${NUMBERS.join()} (${NUMBERS.map(bareNumber).join()})`;
    const backend = new ThreeAtOnce(() => {
      const error = new SmsDeliveryError('unknown', words, { providerCode: words, cause: new Error(words) });
      if (whose === 'of a number') return error;
      throw error;
    });

    const results = await backend.sendBulkSms(NUMBERS.slice(0, 3), TEXT);

    const text = inspect(
      results.map(({ error }) => error),
      { depth: 10, showHidden: true },
    );
    for (const secret of [CODE, ...NUMBERS.slice(0, 3).map(bareNumber)]) expect(text).not.toContain(secret);
  });

  it('counts anything else that is thrown as unknown', async () => {
    const backend = new ThreeAtOnce(() => {
      throw new TypeError(`bad ${NUMBERS[0]}`);
    });

    const results = await backend.sendBulkSms(NUMBERS.slice(0, 2), TEXT);

    expect(kinds(results)).toEqual(['unknown', 'unknown']);
    expect(inspect(results[1]?.error)).not.toContain(NUMBERS[0]);
  });

  it('throws the error of the number in a single send', async () => {
    const backend = new ThreeAtOnce((number) =>
      number === NUMBERS[0] ? took(number) : new SmsDeliveryError('rejected', `Not ${number}.`),
    );

    expect(await backend.sendSms(NUMBERS[0]!, TEXT)).toEqual(took(NUMBERS[0]!));
    await expect(backend.sendSms(NUMBERS[1]!, TEXT)).rejects.toMatchObject({
      kind: 'rejected',
      message: 'Not +141******71.',
    });
  });
});
