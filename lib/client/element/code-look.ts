import { addStyles } from './dom.js';
import { soon } from './patience.js';

/** Adds the styles of what follows the first step, which are a file of their own. Without it, that looks plain. */
export async function loadCodeLook(card: HTMLElement): Promise<void> {
  const file = import('./code-styles.js').then(
    ({ CODE_STYLES }) => addStyles(card, CODE_STYLES),
    () => undefined,
  );
  await soon(file);
}
