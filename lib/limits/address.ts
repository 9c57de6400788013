import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Where every send is counted whose address is missing or cannot be read. */
export const UNKNOWN_ADDRESS = 'unknown';

/** Addresses that the internet does not carry: private networks, carrier-grade NAT, the link, the machine itself. */
const PRIVATE_IPV4 = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const;
const PRIVATE_IPV6 = [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const;

const PRIVATE = new BlockList();
for (const [network, prefix] of PRIVATE_IPV4) PRIVATE.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of PRIVATE_IPV6) PRIVATE.addSubnet(network, prefix, 'ipv6');

/**
 * Brings an address to its one spelling. An IPv4 address inside an IPv6 one (`::ffff:1.2.3.4`) is the IPv4 address; a
 * zone, and a port that some proxies write behind it, are dropped.
 *
 * @returns `undefined` for anything but an address.
 */
export function readAddress(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(value) ?? [];
  const [, beforePort] = /^([\d.]+):\d+$/.exec(value) ?? [];
  const [address = ''] = (bracketed ?? beforePort ?? value).split('%');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return isMapped ? groups.slice(6).flatMap(bytesOf).join('.') : canonical(address);
}

/**
 * The bucket that an address is counted in: an IPv4 address is its own; an IPv6 one shares that of its /64, the least
 * that one subscriber is given.
 */
export function addressBucket(value: unknown): string {
  const address = readAddress(value);
  if (address === undefined || isIPv4(address)) return address ?? UNKNOWN_ADDRESS;
  return `${canonical(`${groupsOf(address).slice(0, 4).join(':')}::`)}/64`;
}

/** Whether an address, as {@link readAddress} gives it, cannot be one of the internet's. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`. */
function canonical(ipv6: string): string {
  return new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
}

/** The eight groups of an IPv6 address in hexadecimal, without leading zeros. */
function groupsOf(ipv6: string): string[] {
  const [left = [], right = []] = canonical(ipv6)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right];
}

function bytesOf(group: string): [number, number] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
