import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Bucket of sends whose address is missing or invalid. */
const UNKNOWN_ADDRESS = 'unknown';

/** Addresses that are not routed on the internet: private networks, carrier-grade NAT, the link, the machine itself. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'private',
  'uniqueLocal',
  'loopback',
  'linkLocal',
  'carrierGradeNat',
]);

/**
 * The networks that an IPv6 address is counted in: a subscriber gets at least a /64, often a /56, and a site a /48.
 * `share` is how many times the `max` of a limit the whole network may use.
 */
const COUNTED_NETWORKS = [
  { prefixLength: 64, share: 1 },
  { prefixLength: 56, share: 4 },
  { prefixLength: 48, share: 16 },
] as const;

/** The network that stands for one client in a statistic: that of a site. */
const ORIGIN_PREFIX_LENGTH = 48;

/** Longest text that is parsed: an address with its zone, brackets and port. */
const MAX_TEXT_LENGTH = 100;

/** A network, or one IPv4 address, whose sends are counted together. */
export interface AddressBucket {
  /** Such as `203.0.113.7` or `2001:db8::/48`. */
  readonly name: string;
  /** How many times the `max` of a limit it may use. */
  readonly share: number;
}

/**
 * Parses an address into its canonical form. An IPv4 address in the form of an IPv6 one (`::ffff:1.2.3.4`, `::1.2.3.4`) is
 * the IPv4 address. A zone, and a port that some proxies append, are dropped.
 *
 * @returns `undefined` for anything but an address.
 */
export function readAddress(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return undefined;
  if (isIPv4(value)) return value;
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(value) ?? [];
  const [, beforePort] = /^([\d.]+):\d+$/.exec(value) ?? [];
  const [address = ''] = (bracketed ?? beforePort ?? value).split('%');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const ipv6 = ipaddr.IPv6.parse(address);
  return (isIPv4InAnotherForm(ipv6) ? lastFourBytes(ipv6) : ipv6).toString();
}

/**
 * The buckets that a send from an address is counted in, smallest first. An IPv4 address has one, its own. An address
 * of a tunnel or translator that carries an IPv4 address (6to4, Teredo, NAT64, SIIT) has that of the IPv4 address.
 *
 * @param address - As returned by {@link readAddress}.
 */
export function bucketsOf(address: string | undefined): readonly AddressBucket[] {
  if (address === undefined) return [{ name: UNKNOWN_ADDRESS, share: 1 }];
  const counted = countedAddress(address);
  if (typeof counted === 'string') return [{ name: counted, share: 1 }];
  return COUNTED_NETWORKS.map(({ prefixLength, share }) => ({ name: networkOf(counted, prefixLength), share }));
}

/**
 * The bucket by which a statistic distinguishes clients: an IPv4 address, or the /48 of an IPv6 address; `undefined`
 * without an address.
 *
 * @param address - As returned by {@link readAddress}.
 */
export function originBucketOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const counted = countedAddress(address);
  return typeof counted === 'string' ? counted : networkOf(counted, ORIGIN_PREFIX_LENGTH);
}

/** Whether an address, as returned by {@link readAddress}, is not routed on the internet. */
export function isPrivateAddress(address: string): boolean {
  const parsed = isIPv6Text(address) ? ipaddr.IPv6.parse(address) : ipaddr.IPv4.parse(address);
  return PRIVATE_RANGES.has(parsed.range());
}

/** The IPv6 address; or as text the IPv4 address, which a tunnel or translator may have put into an IPv6 one. */
function countedAddress(address: string): string | ipaddr.IPv6 {
  if (!isIPv6Text(address)) return address;
  const parsed = ipaddr.IPv6.parse(address);
  switch (parsed.range()) {
    case '6to4':
      return new ipaddr.IPv4(parsed.toByteArray().slice(2, 6)).toString();
    case 'teredo':
      return new ipaddr.IPv4(lastFourBytes(parsed).octets.map((byte) => byte ^ 0xff)).toString();
    case 'rfc6052':
    case 'rfc6145':
      return lastFourBytes(parsed).toString();
    default:
      return parsed;
  }
}

/** Which of the two kinds a valid address is. */
function isIPv6Text(address: string): boolean {
  return address.includes(':');
}

/** Whether an address is an IPv4-mapped or (deprecated) IPv4-compatible one; `::` and `::1` are neither. */
function isIPv4InAnotherForm(ipv6: ipaddr.IPv6): boolean {
  const range = ipv6.range();
  return range === 'ipv4Mapped' || (range === 'unicast' && ipv6.parts.slice(0, 6).every((part) => part === 0));
}

function lastFourBytes(ipv6: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(ipv6.toByteArray().slice(12));
}

/**
 * RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`. In a network of at most 64 bits, that run is
 * the one at the end.
 */
function networkOf({ parts }: ipaddr.IPv6, prefixLength: number): string {
  const groups = parts.slice(0, 4).map((part, index) => part & maskOf(prefixLength - 16 * index));
  while (groups.at(-1) === 0) groups.pop();
  return `${groups.map((group) => group.toString(16)).join(':')}::/${prefixLength}`;
}

/** The mask of one group of 16 bits of which the first `bits` belong to the network. */
function maskOf(bits: number): number {
  return bits >= 16 ? 0xffff : (0xffff << (16 - Math.max(0, bits))) & 0xffff;
}
