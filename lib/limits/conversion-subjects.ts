import type { PhoneNumber } from '../phone-number/phone-number.js';
import { estimateAddresses } from './address-bitmap.js';
import type { ConversionCount } from './conversion.store.js';
import type { ConversionGuard } from './limit.js';
import { countryOf, prefixOf } from './counted-subjects.js';

/** What `limits.conversion` watches. */
export type SubjectKind = 'country' | 'prefix';

/** The subject of a kind that a number belongs to, such as `prefix:+1415555`. */
export function subjectOf(kind: SubjectKind, number: PhoneNumber): string {
  return `${kind}:${kind === 'country' ? countryOf(number) : prefixOf(number)}`;
}

/** The kinds that are watched. A prefix is watched always, so that it is blocked before its country. */
export function watchedKinds({ by }: ConversionGuard): readonly SubjectKind[] {
  return by === 'country' ? ['prefix', 'country'] : ['prefix'];
}

/** Whether the counts of a subject block it. A country takes sends from enough addresses. */
export function isToBlock(
  { subject, sent, verified, addresses }: ConversionCount,
  { minimumSent, minimumVerified, minimumAddresses }: ConversionGuard,
): boolean {
  if (sent < minimumSent || verified >= minimumVerified * sent) return false;
  return subject.startsWith('prefix:') || estimateAddresses(addresses) >= minimumAddresses;
}
