/** Each calling code, or a dot for the next one, followed by the countries that share it, the largest first. */
const TABLE =
  '1USAGAIASBBBMBSCADMDOGDGUJMKNKYLCMPMSPRSXTCTTVCVGVI20EG211SS.MAEH.DZ216TN218LY220GM.SN.MR.ML.GN.CI.BF.NE.TG.BJ.M' +
  'U.LR.SL.GH.NG.TD.CF.CM.CV.ST.GQ.GA.CG.CD.AO.GW.IO.AC.SC.SD.RW.ET.SO.DJ.KE.TZ.UG.BI.MZ260ZM.MG.REYT.ZW.NA.MW.LS.B' +
  'W.SZ.KM27ZA290SHTA.ER297AW.FO.GL30GR.NL.BE.FR.ES350GI.PT.LU.IE.IS.AL.MT.CY.FIAX.BG36HU370LT.LV.EE.MD.AM.BY.AD.MC' +
  '.SM380UA.RS.ME.XK385HR.SI.BA389MK39ITVA.RO.CH420CZ.SK423LI43AT.GBGGIMJE.DK.SE.NOSJ.PL.DE500FK.BZ.GT.SV.HN.NI.CR.' +
  'PA.PM.HT51PE.MX.CU.AR.BR.CL.CO.VE590GPBLMF.BO.GY.EC.GF.PY.MQ.SR.UY.CWBQ60MY.AUCCCX.ID.PH.NZ.SG.TH670TL672NF.BN.N' +
  'R.PG.TO.SB.VU.FJ.PW.WF.CK.NU685WS.KI.NC.TV.PF.TK.FM.MH7RUKZ81JP.KR84VN850KP852HK.MO855KH.LA86CN880BD886TW90TR.IN' +
  '.PK.AF.LK.MM960MV.LB.JO.SY.IQ.KW.SA.YE.OM970PS.AE.IL.BH.QA.BT.MN.NP98IR992TJ.TM.AZ.GE.KG998UZ';

/** Calling code by country, ISO 3166-1 alpha-2. */
export const CALLING_CODES: ReadonlyMap<string, string> = new Map(readTable());

function* readTable(): Iterable<[country: string, code: string]> {
  let last = 0;
  for (const [, code = '', countries = ''] of TABLE.matchAll(/(\d+|\.)([A-Z]+)/g)) {
    last = code === '.' ? last + 1 : Number(code);
    for (const country of countries.match(/../g) ?? []) yield [country, String(last)];
  }
}

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
