// Numbers of many prefixes and clients of many addresses, so that no default limit refuses.

/** Beginnings of mobile numbers of twelve countries. With any eight further digits they are valid. */
const MOBILES = [
  '+4474',
  '+49151',
  '+49176',
  '+346',
  '+9198',
  '+55119',
  '+9053',
  '+86138',
  '+2010',
  '+791',
  '+62812',
  '+5255',
];

/** No factor in common with a power of 10 or of 2, so that every index has a value of its own, and near ones are far apart. */
const SPREAD = 61_803_399;

/** How many countries, and how many further digits, the numbers of a population have. */
const POPULATIONS = {
  world: { countries: MOBILES.length, digits: 8 },
  country: { countries: 1, digits: 8 },
};

/** A mobile number in E.164, another one for each index. */
export function numberOf(population, index) {
  const { countries, digits } = POPULATIONS[population];
  const rest = (BigInt(Math.floor(index / countries)) * BigInt(SPREAD)) % 10n ** BigInt(digits);
  return MOBILES[index % countries] + String(rest).padStart(8, '0');
}

/** A public address, another one for each index. A third of them are IPv6, each in a /48 of its own. */
export function addressOf(index) {
  const value = Number((BigInt(index) * BigInt(SPREAD)) % 16_777_216n);
  const [first, second, third] = [value >> 16, (value >> 8) & 255, value & 255];
  if (index % 3 === 0) {
    const network = (0x0400 + first).toString(16);
    return `2a01:${network}:${((second << 8) | third).toString(16)}:1::${((index % 65_000) + 1).toString(16)}`;
  }
  // The blocks 20/8 to 83/8 have no reserved range.
  return `${20 + (index % 64)}.${first}.${second}.${third}`;
}
