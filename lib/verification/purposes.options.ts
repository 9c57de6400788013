import type { OptionReader } from '../common/option-reader.js';

/** At most as long as the column. Lowercase only, because MariaDB compares text case-insensitively. */
const PURPOSE = /^[a-z0-9-]{1,64}$/;

/** Reads the option `purposes`. */
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
