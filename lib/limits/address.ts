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

/** A valid address, which is parsed once for everything that counts or describes it. */
export class IpAddress {
  /** @param parsed - An IPv4 address as text, or a parsed IPv6 address and its range. */
  private constructor(private readonly parsed: string | RangedIPv6) {}

  /**
   * Parses an address. An IPv4 address in the form of an IPv6 one (`::ffff:1.2.3.4`, `::1.2.3.4`) is the IPv4 address. A
   * zone, and a port that some proxies append, are dropped.
   *
   * @returns `undefined` for anything but an address.
   */
  static read(value: unknown): IpAddress | undefined {
    if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return undefined;
    if (isIPv4(value)) return new IpAddress(value);
    const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(value) ?? [];
    const [, beforePort] = /^([\d.]+):\d+$/.exec(value) ?? [];
    const [address = ''] = (bracketed ?? beforePort ?? value).split('%');
    if (isIPv4(address)) return new IpAddress(address);
    if (!isIPv6(address)) return undefined;
    const ipv6 = ipaddr.IPv6.parse(address);
    const range = ipv6.range();
    return new IpAddress(isIPv4InAnotherForm(ipv6, range) ? lastFourBytes(ipv6).toString() : { ipv6, range });
  }

  /** The canonical form: RFC 5952 for an IPv6 address. */
  get text(): string {
    return typeof this.parsed === 'string' ? this.parsed : this.parsed.ipv6.toString();
  }

  /** Whether it is not routed on the internet. */
  get isPrivate(): boolean {
    return PRIVATE_RANGES.has(
      typeof this.parsed === 'string' ? ipaddr.IPv4.parse(this.parsed).range() : this.parsed.range,
    );
  }

  /**
   * What it is counted as: the IPv6 address; or as text the IPv4 address, which a tunnel or translator (6to4, Teredo, NAT64,
   * SIIT) may have put into an IPv6 one.
   */
  get counted(): string | ipaddr.IPv6 {
    if (typeof this.parsed === 'string') return this.parsed;
    const { ipv6, range } = this.parsed;
    switch (range) {
      case '6to4':
        return new ipaddr.IPv4(ipv6.toByteArray().slice(2, 6)).toString();
      case 'teredo':
        return new ipaddr.IPv4(lastFourBytes(ipv6).octets.map((byte) => byte ^ 0xff)).toString();
      case 'rfc6052':
      case 'rfc6145':
        return lastFourBytes(ipv6).toString();
      default:
        return ipv6;
    }
  }
}

/** An IPv6 address, and the special range that it is in. */
interface RangedIPv6 {
  readonly ipv6: ipaddr.IPv6;
  readonly range: string;
}

/** The buckets that a send from an address is counted in, smallest first. An IPv4 address has one, its own. */
export function bucketsOf(address: IpAddress | undefined): readonly AddressBucket[] {
  if (address === undefined) return [{ name: UNKNOWN_ADDRESS, share: 1 }];
  const { counted } = address;
  if (typeof counted === 'string') return [{ name: counted, share: 1 }];
  return COUNTED_NETWORKS.map(({ prefixLength, share }) => ({ name: networkOf(counted, prefixLength), share }));
}

/**
 * The bucket by which a statistic distinguishes clients: an IPv4 address, or the /48 of an IPv6 address; `undefined`
 * without an address.
 */
export function originBucketOf(address: IpAddress | undefined): string | undefined {
  if (address === undefined) return undefined;
  const { counted } = address;
  return typeof counted === 'string' ? counted : networkOf(counted, ORIGIN_PREFIX_LENGTH);
}

/** Whether an address is an IPv4-mapped or (deprecated) IPv4-compatible one; `::` and `::1` are neither. */
function isIPv4InAnotherForm(ipv6: ipaddr.IPv6, range: string): boolean {
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
