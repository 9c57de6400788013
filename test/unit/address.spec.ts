import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsOf, IpAddress, originBucketOf } from '../../lib/limits/address.js';

const namesOf = (address: string): string[] => bucketsOf(IpAddress.read(address)).map(({ name }) => name);
const textOf = (value: unknown): string | undefined => IpAddress.read(value)?.text;

describe('the spellings of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:cb00:7107', '203.0.113.7'],
    ['::ffff:203.0.113.7%eth0', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:4711', '203.0.113.7'],
    ['::ffff:0:1', '0.0.0.1'],
    ['::203.0.113.7', '203.0.113.7'],
    ['::cb00:7107', '203.0.113.7'],
    ['::1', '::1'],
    ['::', '::'],
    ['2001:DB8:1:2:0:0:0:1', '2001:db8:1:2::1'],
    ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2:ffff:ffff:ffff:ffff'],
    ['2001:db8:1:2:3:4:5.6.7.8', '2001:db8:1:2:3:4:506:708'],
    ['2001:db8:1:2::1%eth0', '2001:db8:1:2::1'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::1'],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['1::2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ])('%s is %s', (spelling, address) => {
    expect(textOf(spelling)).toBe(address);
  });

  it.each([
    undefined,
    null,
    7,
    {},
    '',
    'localhost',
    '01.2.3.4',
    '::ffff:01.2.3.4',
    '0x7f.1.1.1',
    '1.2.3',
    '16909060',
    '1.2.3.4, 5.6.7.8',
    ' 1.2.3.4',
    '1.2.3.4\0',
    '[1.2.3.4',
    '2001:db8:::1',
    '1:2:3:4:5:6:7:8:9',
    '%eth0',
    '::1%' + 'e'.repeat(100_000),
    ':'.repeat(100_000),
  ])('%j is none', (value) => {
    expect(IpAddress.read(value)).toBeUndefined();
  });

  it('are all read as one, whatever the groups', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    const address = fc.array(group, { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(address, fc.nat(7), fc.nat(8), fc.boolean(), (groups, from, length, isPadded) => {
        const texts = groups.map((each) => each.toString(16).padStart(isPadded ? 4 : 1, '0'));
        const isRun = length > 0 && groups.slice(from, from + length).every((each) => each === 0);
        const compressed = `${texts.slice(0, from).join(':')}::${texts.slice(from + length).join(':')}`;
        const read = textOf(texts.join(':'));

        expect(read).toBeDefined();
        expect(textOf(read)).toBe(read);
        for (const spelling of [texts.join(':').toUpperCase(), ...(isRun ? [compressed] : [])]) {
          expect(textOf(spelling)).toBe(read);
        }
      }),
    );
  });

  it('are read without an error from any text, and what is read is read as itself', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:.%[\]]{0,40}$/), fc.ipV6(), fc.ipV4Extended());
    fc.assert(
      fc.property(text, (value) => {
        const address = IpAddress.read(value);

        expect(textOf(address?.text)).toBe(address?.text);
        expect(bucketsOf(address).length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the buckets of an address', () => {
  it('are one for an IPv4 address, and one for all that cannot be read', () => {
    expect(bucketsOf(IpAddress.read('203.0.113.7'))).toEqual([{ name: '203.0.113.7', share: 1 }]);
    expect(bucketsOf(undefined)).toEqual([{ name: 'unknown', share: 1 }]);
  });

  it('are the /64, the /56 and the /48 of an IPv6 address, with 1, 4 and 16 times the limit', () => {
    expect(bucketsOf(IpAddress.read('2001:db8:1:2ff::1'))).toEqual([
      { name: '2001:db8:1:2ff::/64', share: 1 },
      { name: '2001:db8:1:200::/56', share: 4 },
      { name: '2001:db8:1::/48', share: 16 },
    ]);
  });

  it.each([
    ['2001:db8::1', '2001:db8::/64', '2001:db8::/56', '2001:db8::/48'],
    ['2001:db8:ffff:ffff:ffff::1', '2001:db8:ffff:ffff::/64', '2001:db8:ffff:ff00::/56', '2001:db8:ffff::/48'],
    ['::1', '::/64', '::/56', '::/48'],
    ['0:0:1:1::1', '0:0:1:1::/64', '0:0:1::/56', '0:0:1::/48'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3::/64', '1:0:2::/56', '1:0:2::/48'],
    ['fe80::1', 'fe80::/64', 'fe80::/56', 'fe80::/48'],
  ])('of %s are %s, %s and %s', (address, ...names) => {
    expect(namesOf(address)).toEqual(names);
  });

  it.each([
    ['IPv4-mapped', '::ffff:203.0.113.7'],
    ['IPv4-compatible', '::203.0.113.7'],
    ['6to4', '2002:cb00:7107::1'],
    ['6to4, in another subnet', '2002:cb00:7107:ffff:1:2:3:4'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:34ff:8ef8'],
    ['Teredo, through another server and port', '2001:0:c000:201:0:0:34ff:8ef8'],
    ['NAT64', '64:ff9b::203.0.113.7'],
    ['NAT64 of local use', '64:ff9b:1::203.0.113.7'],
    ['NAT64 of local use, in another subnet', '64:ff9b:1:fffe::cb00:7107'],
    ['SIIT', '::ffff:0:203.0.113.7'],
  ])('of an IPv4 address inside an IPv6 one are its own: %s', (_form, address) => {
    expect(bucketsOf(IpAddress.read(address))).toEqual([{ name: '203.0.113.7', share: 1 }]);
  });

  it.each(['2001:1::cb00:7107', '2003:cb00:7107::1', '64:ff9b:2::cb00:7107', '64:ff9a::cb00:7107', '::fffe:cb00:7107'])(
    'of an address beside those forms are networks: %s',
    (address) => {
      expect(bucketsOf(IpAddress.read(address))).toHaveLength(3);
    },
  );

  it('are the same for all addresses of a network', () => {
    const host = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 });
    const spell = (groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(':');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), host, host, (subnet, one, other) => {
        const network = [0x2a00, 1, 2, subnet];
        const [ofOne, ofOther] = [one, other].map((each) => namesOf(spell([...network, ...each])));

        expect(ofOne).toEqual(ofOther);
        expect(ofOne?.at(-1)).toBe('2a00:1:2::/48');
      }),
    );
  });
});

describe('the bucket that a statistic counts', () => {
  it.each([
    [undefined, undefined],
    ['203.0.113.7', '203.0.113.7'],
    ['2002:cb00:7107::1', '203.0.113.7'],
    ['2001:db8:1:2::1', '2001:db8:1::/48'],
  ])('of %s is %s', (address, bucket) => {
    expect(originBucketOf(IpAddress.read(address))).toBe(bucket);
  });
});

describe('an address is private', () => {
  it.each([
    ['10.0.0.0', '10.255.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['127.0.0.1', '127.255.255.255'],
    ['169.254.0.0', '169.254.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['::1', '::1'],
    ['fc00::', 'fdff:ffff::1'],
    ['fe80::', 'febf:ffff::1'],
  ])('from %s to %s', (first, last) => {
    expect([first, last].map((address) => IpAddress.read(address)?.isPrivate)).toEqual([true, true]);
  });

  it.each([
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '100.63.255.255',
    '100.128.0.0',
    '::2',
    'fbff::1',
    'fe00::1',
    'fec0::1',
    '2001:db8::1',
    // The private address inside is what somebody on the internet wrote there.
    '2002:a00:1::1',
    '64:ff9b::a00:1',
    '2001:0:4136:e378:8000:63bf:f5ff:fffe',
    '203.0.113.7',
  ])('but not %s', (address) => {
    expect(IpAddress.read(address)?.isPrivate).toBe(false);
  });
});
