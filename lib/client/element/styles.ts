/** Colours by their tokens: light, dark. */
const COLOURS: Readonly<Record<string, readonly [token: string, light: string, dark: string]>> = {
  accent: ['accent', '#3451d1', '#a3b5ff'],
  'on-accent': ['on-accent', '#fff', '#11152b'],
  surface: ['background', '#fff', '#181b22'],
  text: ['text', '#1a1e28', '#eceff5'],
  muted: ['muted', '#5a6272', '#a5aebd'],
  line: ['border', '#858e9e', '#6f7888'],
  edge: ['edge', '#e3e6ec', '#2b303b'],
  error: ['error', '#b3261e', '#ffaaa3'],
};

function colours(value: (light: string, dark: string) => string): string {
  const declare = ([name, [token, light, dark]]: (typeof entries)[number]): string =>
    `--${name}: var(--phone-verify-${token}, ${value(light, dark)});`;
  const entries = Object.entries(COLOURS);
  return entries.map(declare).join('');
}

/**
 * The style sheet of what the first step shows before anything is sent. It uses logical properties, for both writing
 * directions.
 */
export const STYLES = `
:host {
  display: block;
  container-type: inline-size;
  contain-intrinsic-inline-size: 20rem;
  inline-size: 100%;
  min-inline-size: 0;
  max-inline-size: 26rem;
  ${colours((light) => light)}
  --radius: var(--phone-verify-radius, 0.75rem);
  --height: var(--phone-verify-height, 3rem);
  --gap: var(--phone-verify-gap, 1rem);
  --ring: var(--phone-verify-ring, 2px solid var(--accent));
  font-family: var(--phone-verify-font, inherit);
  font-size: 1rem;
  line-height: 1.5;
}
:host([hidden]) { display: none; }
@supports (color: light-dark(#000, #fff)) {
  :host { ${colours((light, dark) => `light-dark(${light}, ${dark})`)} }
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.card {
  display: grid;
  gap: var(--gap);
  padding: clamp(0.75rem, 7cqi, 2rem);
  border: 1px solid var(--edge);
  border-radius: calc(var(--radius) * 1.5);
  background: var(--surface);
  color: var(--text);
}
fieldset { min-inline-size: 0; margin: 0; padding: 0; border: 0; }
form, .top { display: flex; flex-direction: column; gap: var(--gap); }
.top { gap: 0.375rem; }
h2, p { margin: 0; overflow-wrap: anywhere; }
h2, p, label, button { unicode-bidi: plaintext; }
h2 { font-size: min(1.375rem, 10cqi); line-height: 1.25; font-weight: 600; text-wrap: balance; }
[part='hint'], [part='status'] { color: var(--muted); }
.field { display: grid; gap: 0.375rem; }
label { font-size: 0.875rem; font-weight: 600; }
input, button { font: inherit; color: inherit; min-block-size: 44px; }
input { min-inline-size: 0; inline-size: 100%; padding: 0.5rem 0.75rem; border: 0; background: none; border-radius: inherit; outline: none; }
.box { display: flex; min-block-size: max(44px, var(--height)); border: 1px solid var(--line); border-radius: var(--radius); }
.box > input { flex: 1; padding-inline: min(0.75rem, 4cqi); font-size: min(1rem, max(16px, 7cqi)); }
.choice { display: flex; border-inline-end: 1px solid var(--edge); white-space: nowrap; font-variant-numeric: tabular-nums; }
.choice > span { align-self: center; padding-inline: 0.875rem; }
[part='country'] { display: flex; align-items: center; gap: 0.5rem; padding-inline: 0.875rem 0.75rem; border-radius: calc(var(--radius) - 1px) 0 0 calc(var(--radius) - 1px); }
[part='country']::after { content: ''; inline-size: 0.375rem; block-size: 0.375rem; border: solid; border-width: 0 1.5px 1.5px 0; transform: translateY(-25%) rotate(45deg); }
.box:has(> input:focus-visible), button:focus-visible { outline: var(--ring); outline-offset: 2px; }
.box:has(> input:focus-visible) { outline-offset: -1px; border-color: var(--accent); }
[part='country']:focus-visible { outline-offset: -3px; border-radius: calc(var(--radius) - 1px); }
.box:has([aria-invalid]) { border-color: var(--error); outline-color: var(--error) !important; }
.messages { min-block-size: 1.5em; font-size: 0.9375rem; margin-block: -0.375rem; }
[part='error'] { color: var(--error); scroll-margin: 1rem; }
button { border: 0; background: none; padding: 0.625rem 1rem; cursor: pointer; border-radius: var(--radius); }
[part='button'] { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 0 0.625rem; min-block-size: max(44px, var(--height)); background: var(--accent); color: var(--on-accent); font-weight: 600; }
[part='button']:not([aria-disabled='true'], :disabled):hover { filter: brightness(1.08); }
button[aria-disabled='true'] { cursor: default; }
[part='button'][aria-disabled='true']:not([data-busy]), [part='button']:disabled { background: var(--edge); color: var(--muted); }
:disabled { cursor: not-allowed; }
.box:has(:disabled) { opacity: 0.6; }
.timer:empty { display: none; }
[data-busy] { cursor: progress !important; }
@container (max-width: 14rem) {
  .box { flex-direction: column; }
  .choice { border: 0; border-block-end: 1px solid var(--edge); }
  [part='country'] { flex: 1; justify-content: space-between; }
}
@media (forced-colors: active) {
  [part='button'] { border: 1px solid; }
  button[aria-disabled='true']:not([data-busy]), button:disabled { color: GrayText !important; border-color: GrayText; }
}
`;
