import { addStyles } from './dom.js';
import { soon } from './patience.js';

/** Adds the styles of the steps after the number, which are a file of their own. Without it, these steps look plain. */
export async function loadCodeLook(card: HTMLElement): Promise<void> {
  const file = import('./code-styles.js').then(
    ({ CODE_STYLES }) => addStyles(card, CODE_STYLES),
    () => undefined,
  );
  await soon(file);
}
