import { describe, expect, it } from 'vitest';
import { addressBucket, isPrivateAddress, readAddress } from '../../lib/limits/address.js';
import { CLIENT_ADDRESS, originOf } from '../../lib/limits/send-origin.js';

describe('the bucket of an address', () => {
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
  ])('%s is %s', (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });

  it.each([
    '2001:db8:1:2::',
    '2001:db8:1:2::1',
    '2001:DB8:1:2:0:0:0:1',
    '2001:0db8:0001:0002:ffff:ffff:ffff:ffff',
    '2001:db8:1:2:3:4:5.6.7.8',
    '2001:db8:1:2::1%eth0',
    '[2001:db8:1:2::1]',
    '[2001:db8:1:2::1]:443',
  ])('%s is that of its /64', (address) => {
    expect(addressBucket(address)).toBe('2001:db8:1:2::/64');
  });

  it.each([
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['::1', '::/64'],
    ['0:0:1::1', '0:0:1::/64'],
    ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
  ])('%s is %s', (address, bucket) => {
    expect(addressBucket(address)).toBe(bucket);
  });

  it.each([
    undefined,
    null,
    7,
    {},
    '',
    'localhost',
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4, 5.6.7.8',
    ' 1.2.3.4',
    '1.2.3.4\0',
    '[1.2.3.4',
    '2001:db8:::1',
    '1:2:3:4:5:6:7:8:9',
    '%eth0',
    ':'.repeat(100_000),
  ])('%j is that of all that cannot be read', (address) => {
    expect(readAddress(address)).toBeUndefined();
    expect(addressBucket(address)).toBe('unknown');
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
    expect([first, last].map(isPrivateAddress)).toEqual([true, true]);
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
  ])('but not %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});

describe('the origin of a send', () => {
  it('of the service has a bucket when the caller gives an address', () => {
    expect(originOf({ ip: '::ffff:203.0.113.7' })).toEqual({
      ip: '203.0.113.7',
      bucket: '203.0.113.7',
      isUntrustedProxy: false,
    });
    expect(originOf({})).toEqual({ ip: undefined, bucket: undefined, isUntrustedProxy: false });
    expect(originOf({ ip: 'nonsense' })).toEqual({ ip: undefined, bucket: 'unknown', isUntrustedProxy: false });
  });

  it('of the routes always has one', () => {
    const [nobody, proxy] = [
      { ip: undefined, isUntrustedProxy: false },
      { ip: '10.0.0.1', isUntrustedProxy: true },
    ];

    expect(originOf({ [CLIENT_ADDRESS]: nobody })).toEqual({ ...nobody, bucket: 'unknown' });
    expect(originOf({ [CLIENT_ADDRESS]: proxy, ip: '203.0.113.7' })).toEqual({ ...proxy, bucket: '10.0.0.1' });
  });
});
