import type { OptionReader } from '../common/option-reader.js';

/** As long as the column. Small letters only: MariaDB takes letters of another case for the same. */
const PURPOSE = /^[a-z0-9-]{1,64}$/;

/** Reads what codes may be for. */
export function readPurposes(reader: OptionReader): readonly string[] {
  const purposes = reader.texts('purposes');
  for (const [index, purpose] of purposes.entries()) {
    if (!PURPOSE.test(purpose)) {
      reader.fault('purposes', `${JSON.stringify(purpose)} is not a name of 1 to 64 small letters, digits and -`);
    } else if (purposes.indexOf(purpose) < index) {
      reader.fault('purposes', `"${purpose}" is there twice`);
    }
  }
  return purposes;
}
