import { readFileSync } from 'node:fs';
import { RateLimitedError, SandboxBackend, SmsDeliveryError } from '../../lib/index.js';
import type { SendOptions, SendReceipt, SentVerification } from '../../lib/index.js';
import { VerificationStatus } from '../../lib/index.js';
import type { TestApplication } from '../support/application.js';

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** A provider that is down on a day, and knows what it sent when. */
export class ProviderWithAnOutage extends SandboxBackend {
  isDown = false;

  override async sendSms(number: string, message: string): Promise<SendReceipt> {
    if (this.isDown) throw new SmsDeliveryError('unavailable', 'The provider is down.');
    return super.sendSms(number, message);
  }
}

/** What became of one group of the simulated. */
export interface Tally {
  requests: number;
  refused: number;
  /** Simulated seconds at which a message went out. */
  readonly sent: number[];
  /** Simulated seconds at which a guess was compared with a code. */
  readonly guessed: number[];
}

export function newTally(): Tally {
  return { requests: 0, refused: 0, sent: [], guessed: [] };
}

/** Something that somebody does at a simulated second. */
export interface Act {
  readonly at: number;
  readonly perform: () => Promise<void>;
}

/** Plays acts in the order of their time, on an application whose clock stands where each says. */
export async function play({ clock }: TestApplication, acts: readonly Act[]): Promise<void> {
  const start = clock.now();
  for (const { at, perform } of acts.toSorted((one, other) => one.at - other.at)) {
    clock.set(start + at * 1000);
    await perform();
  }
}

/** Asks for a code. A session that is open although its message did not go is answered as well. */
export async function ask(
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

/** Guesses at a code, as often as wanted or as the session takes it. */
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

/** The most that fell into one window, where windows open with the first that falls into none. */
export function mostInAWindow(instants: readonly number[], seconds: number): number {
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

/** Numbers that repeat from run to run, evenly spread from 0 to 1. */
export function repeatableNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** The lines of a table on the page about limits, found by its heading, without padding. */
export function documentedTable(heading: string): string[] {
  const lines = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.replace(/\s+/g, ' ').startsWith(heading));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start, end).map((line) => line.replace(/\s+/g, ' ').trim());
}

/** One number in many spellings, all of which are read. */
export function spellingsOf(national: readonly [string, string, string]): string[] {
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
