import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { RateLimitedError, SandboxBackend, SmsDeliveryError } from '../../lib/index.js';
import type { SendOptions, SendReceipt, SentVerification } from '../../lib/index.js';
import { VerificationStatus } from '../../lib/index.js';
import type { TestApplication } from '../support/application.js';

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** A provider with an outage that a test switches on and off. */
export class ProviderWithAnOutage extends SandboxBackend {
  isDown = false;

  override async sendSms(number: string, message: string): Promise<SendReceipt> {
    if (this.isDown) throw new SmsDeliveryError('unavailable', 'The provider is down.');
    return super.sendSms(number, message);
  }
}

/** Results of one group of simulated users. */
export interface Tally {
  requests: number;
  refused: number;
  /** Simulated seconds at which a message was sent. */
  readonly sent: number[];
  /** Simulated seconds at which a guess was compared with a code. */
  readonly guessed: number[];
}

export function newTally(): Tally {
  return { requests: 0, refused: 0, sent: [], guessed: [] };
}

/** An action at a simulated second. */
export interface Action {
  readonly at: number;
  readonly perform: () => Promise<void>;
}

/** Runs actions in the order of their time, with the clock of the application set to each. */
export async function simulate({ clock }: TestApplication, actions: readonly Action[]): Promise<void> {
  const start = clock.now();
  for (const { at, perform } of actions.toSorted((one, other) => one.at - other.at)) {
    clock.set(start + at * 1000);
    await perform();
  }
}

/** Requests a code. Returns the session, even if its message was not sent. */
export async function requestCode(
  { service }: TestApplication,
  tally: Tally,
  at: number,
  phoneNumber: string,
  options: SendOptions,
): Promise<SentVerification | undefined> {
  tally.requests += 1;
  try {
    const sent = await service.sendSecurityCode(phoneNumber, options);
    tally.sent.push(at);
    return sent;
  } catch (error) {
    if (error instanceof RateLimitedError) tally.refused += 1;
    else if (!(error instanceof SmsDeliveryError)) throw error;
    return error instanceof SmsDeliveryError ? error.sent : undefined;
  }
}

/** Checks wrong codes, and records those that the session compared. */
export async function guess(
  { service }: TestApplication,
  tally: Tally,
  at: number,
  { phoneNumber, sessionToken }: SentVerification,
  codes: readonly string[],
): Promise<void> {
  for (const code of codes) {
    const { status } = await service.verifySecurityCode(phoneNumber, code, sessionToken);
    if (status === VerificationStatus.Invalid) tally.guessed.push(at);
  }
}

/** The highest count in one fixed window, which opens with the first instant outside the previous one. */
export function mostInOneWindow(instants: readonly number[], seconds: number): number {
  let most = 0;
  let count = 0;
  let end = -Infinity;
  for (const instant of instants) {
    count = instant < end ? count + 1 : 1;
    if (instant >= end) end = instant + seconds;
    most = Math.max(most, count);
  }
  return most;
}

/** Random instants within a number of seconds, the same in every run. */
export function randomInstants(count: number, within: number, seed: number): number[] {
  return fc.sample(fc.noBias(fc.integer({ min: 0, max: within - 1 })), { numRuns: count, seed });
}

/** The lines of a table in docs/limits.md, found by its heading, without padding. */
export function documentedTable(heading: string): string[] {
  const lines = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.replace(/\s+/g, ' ').startsWith(heading));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start, end).map((line) => line.replace(/\s+/g, ' ').trim());
}

/** One number in many valid notations. */
export function notationsOf(national: readonly [string, string, string]): string[] {
  const [area, exchange, line] = national;
  return [
    `+1${area}${exchange}${line}`,
    `+1 ${area} ${exchange} ${line}`,
    `+1-${area}-${exchange}-${line}`,
    `+1 (${area}) ${exchange}-${line}`,
    `+1.${area}.${exchange}.${line}`,
    `+1/${area}/${exchange}/${line}`,
    ` +1${area}${exchange}${line} `,
    `+1  ${area}  ${exchange}  ${line}`,
    `+1(${area})${exchange}${line}`,
    `+1-${area} ${exchange} ${line}`,
    `+1 ${area}-${exchange} ${line}`,
    `+1 ${area}.${exchange}-${line}`,
    `+1-${area}-${exchange}${line}`,
    `+1–${area}–${exchange}–${line}`,
    `\u202a+1${area}${exchange}${line}\u202c`,
    `+１${area}${exchange}${line}`,
    `+1\u00a0${area}\u00a0${exchange}\u00a0${line}`,
    `+1 ${area}${exchange} ${line}`,
    `+1${area} ${exchange}${line}`,
    `+1 (${area}) ${exchange} - ${line}`,
  ];
}
