/** Each calling code, followed by the countries that share it, the largest first. */
const TABLE =
  '1USAGAIASBBBMBSCADMDOGDGUJMKNKYLCMPMSPRSXTCTTVCVGVI20EG211SS212MAEH213DZ216TN218LY220GM221SN222MR223ML224GN225CI' +
  '226BF227NE228TG229BJ230MU231LR232SL233GH234NG235TD236CF237CM238CV239ST240GQ241GA242CG243CD244AO245GW246IO247AC248SC' +
  '249SD250RW251ET252SO253DJ254KE255TZ256UG257BI258MZ260ZM261MG262REYT263ZW264NA265MW266LS267BW268SZ269KM27ZA290SHTA' +
  '291ER297AW298FO299GL30GR31NL32BE33FR34ES350GI351PT352LU353IE354IS355AL356MT357CY358FIAX359BG36HU370LT371LV372EE373MD' +
  '374AM375BY376AD377MC378SM380UA381RS382ME383XK385HR386SI387BA389MK39ITVA40RO41CH420CZ421SK423LI43AT44GBGGIMJE45DK46SE' +
  '47NOSJ48PL49DE500FK501BZ502GT503SV504HN505NI506CR507PA508PM509HT51PE52MX53CU54AR55BR56CL57CO58VE590GPBLMF591BO592GY' +
  '593EC594GF595PY596MQ597SR598UY599CWBQ60MY61AUCCCX62ID63PH64NZ65SG66TH670TL672NF673BN674NR675PG676TO677SB678VU679FJ' +
  '680PW681WF682CK683NU685WS686KI687NC688TV689PF690TK691FM692MH7RUKZ81JP82KR84VN850KP852HK853MO855KH856LA86CN880BD886TW' +
  '90TR91IN92PK93AF94LK95MM960MV961LB962JO963SY964IQ965KW966SA967YE968OM970PS971AE972IL973BH974QA975BT976MN977NP98IR' +
  '992TJ993TM994AZ995GE996KG998UZ';

/** Calling code by country, ISO 3166-1 alpha-2. */
export const CALLING_CODES: ReadonlyMap<string, string> = new Map(
  Array.from(TABLE.matchAll(/(\d+)(\D+)/g)).flatMap(([, code = '', countries = '']) =>
    (countries.match(/../g) ?? []).map((country): [string, string] => [country, code]),
  ),
);

/** The countries in a list such as `'DE, AT, CH'`, in its order. */
export function readCountries(list: string | null): string[] {
  const listed = list?.toUpperCase().match(/[A-Z]{2}/g) ?? [];
  return [...new Set(listed)].filter((country) => CALLING_CODES.has(country));
}

/**
 * The country of a number with `+`, among those to choose from.
 *
 * @param likely - The country to prefer to others with the same calling code.
 */
export function countryOfNumber(number: string, countries: readonly string[], likely: string): string | undefined {
  const code = [...CALLING_CODES.values()].find((each) => number.startsWith(`+${each}`));
  if (code === undefined) return undefined;
  const matching = new Set(countries.filter((country) => CALLING_CODES.get(country) === code));
  return matching.has(likely) ? likely : [...CALLING_CODES.keys()].find((country) => matching.has(country));
}
