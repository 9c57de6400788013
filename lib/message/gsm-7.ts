/** The default alphabet: 3GPP TS 23.038, section 6.2.1. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);

/** Its extension, section 6.2.1.1: each character is an escape and a septet. */
const EXTENSION = new Set('\f^{}\\[~]|€');

/** The first character of a text that GSM-7 does not have. */
export function findUnsupportedCharacter(text: string): string | undefined {
  return Array.from(text).find((character) => !BASIC.has(character) && !EXTENSION.has(character));
}

/** Septets of a character that GSM-7 has. */
export function septetsOf(character: string): number {
  return EXTENSION.has(character) ? 2 : 1;
}
