/** The style sheet. It uses logical properties, so that it works in both writing directions. */
export const STYLES = `
:host {
  display: block;
  min-inline-size: 0;
  max-inline-size: 26rem;
  --accent: var(--phone-verify-accent, #3451d1);
  --on-accent: var(--phone-verify-on-accent, #fff);
  --surface: var(--phone-verify-background, #fff);
  --text: var(--phone-verify-text, #1a1e28);
  --muted: var(--phone-verify-muted, #5a6272);
  --line: var(--phone-verify-border, #858e9e);
  --edge: var(--phone-verify-edge, #e3e6ec);
  --error: var(--phone-verify-error, #b3261e);
  --success: var(--phone-verify-success, #1a7f4b);
  --radius: var(--phone-verify-radius, 0.75rem);
  font-family: var(--phone-verify-font, inherit);
  font-size: 1rem;
  line-height: 1.5;
}
:host([hidden]) { display: none; }
@supports (color: light-dark(#000, #fff)) {
  :host {
    --accent: var(--phone-verify-accent, light-dark(#3451d1, #a3b5ff));
    --on-accent: var(--phone-verify-on-accent, light-dark(#fff, #11152b));
    --surface: var(--phone-verify-background, light-dark(#fff, #181b22));
    --text: var(--phone-verify-text, light-dark(#1a1e28, #eceff5));
    --muted: var(--phone-verify-muted, light-dark(#5a6272, #a5aebd));
    --line: var(--phone-verify-border, light-dark(#858e9e, #6f7888));
    --edge: var(--phone-verify-edge, light-dark(#e3e6ec, #2b303b));
    --error: var(--phone-verify-error, light-dark(#b3261e, #ffaaa3));
    --success: var(--phone-verify-success, light-dark(#1a7f4b, #6fd6a0));
  }
}
*, ::before, ::after { box-sizing: border-box; }
.card {
  padding: clamp(1.25rem, 6vw, 2rem);
  border: 1px solid var(--edge);
  border-radius: calc(var(--radius) * 1.5);
  background: var(--surface);
  color: var(--text);
}
form { display: flex; flex-direction: column; gap: 1.25rem; }
h2, p { margin: 0; overflow-wrap: anywhere; text-wrap: pretty; }
h2, p, label, button { unicode-bidi: plaintext; }
h2 { font-size: 1.375rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; outline: none; text-wrap: balance; }
h2 + p { margin-block-start: -0.75rem; color: var(--muted); }
bdi { white-space: nowrap; color: var(--text); font-weight: 550; }
.field { display: grid; gap: 0.375rem; }
label { font-size: 0.875rem; font-weight: 550; }
input, select, button { font: inherit; color: inherit; min-block-size: 44px; }
.box, .field > input { border: 1px solid var(--line); border-radius: var(--radius); background: transparent; transition: border-color 0.15s; }
.box { display: flex; }
.box input { flex: 1; inline-size: 100%; min-inline-size: 0; border: 0; background: none; padding: 0.75rem; border-radius: inherit; outline: none; }
.choice { position: relative; display: flex; align-items: center; gap: 0.5rem; padding-inline: 0.875rem 0.75rem; border-inline-end: 1px solid var(--edge); white-space: nowrap; border-radius: var(--radius) 0 0 var(--radius); }
.choice::after { content: ''; inline-size: 0.375rem; block-size: 0.375rem; border: solid var(--muted); border-width: 0 1.5px 1.5px 0; transform: translateY(-25%) rotate(45deg); }
.choice.only::after, .choice.only select { display: none; }
select { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; opacity: 0; cursor: pointer; border: 0; color: #1a1e28; background: #fff; }
.box:has(input:focus-visible), .field > input:focus-visible, .choice:has(select:focus-visible), button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.box:has(input:focus-visible), .field > input:focus-visible { outline-offset: -1px; border-color: var(--accent); }
.box:has([aria-invalid]), .field > input[aria-invalid], .box:has([aria-invalid]:focus-visible), .field > input[aria-invalid]:focus-visible { border-color: var(--error); outline-color: var(--error); }
#code { inline-size: 100%; padding: 0.5rem; padding-inline-start: calc(0.5rem + 0.4em); text-align: center; font: 600 1.75rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: 0.4em; }
#code.long { font-size: 1rem; letter-spacing: 0.05em; padding-inline-start: 0.5rem; }
[part='error'] { color: var(--error); font-size: 0.9375rem; }
[part='status'] { color: var(--success); font-size: 0.9375rem; }
[part='error'], [part='status'] { margin-block-start: -0.625rem; }
[part='error']:empty, [part='status']:empty { margin-block-start: -1.25rem; }
button { border: 0; background: none; padding: 0.625rem 1rem; cursor: pointer; border-radius: var(--radius); }
[part='button'] { display: flex; align-items: center; justify-content: center; gap: 0.625rem; min-block-size: 3rem; background: var(--accent); color: var(--on-accent); font-weight: 600; transition: filter 0.15s; }
[part='button']:hover { filter: brightness(1.08); }
button[aria-disabled='true'] { cursor: default; filter: none; }
[part='button'][aria-disabled='true'] { background: var(--edge); color: var(--muted); }
[data-busy]::before { content: ''; inline-size: 1em; block-size: 1em; border: 2px solid currentColor; border-inline-end-color: transparent; border-radius: 50%; animation: turn 0.8s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
.links { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; margin-block: -0.625rem; font-size: 0.9375rem; }
.links button { padding: 0; color: var(--accent); font-weight: 550; }
.links button:hover { text-decoration: underline; }
.links button[aria-disabled='true'] { color: var(--muted); font-weight: 400; text-decoration: none; font-variant-numeric: tabular-nums; }
[data-ended] .field, [data-ended] [part='resend'] { display: none; }
.done { display: grid; justify-items: center; gap: 0.75rem; text-align: center; }
.done h2 + p { margin: -0.5rem 0 0; }
.done svg { inline-size: 3.5rem; padding: 0.75rem; border-radius: 50%; fill: none; stroke: var(--success); stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; background: color-mix(in srgb, var(--success) 14%, transparent); }
@media (prefers-reduced-motion: reduce) {
  * { transition: none !important; }
  [data-busy]::before { animation: none; border-style: dotted; }
}
@media (forced-colors: active) {
  [part='button'] { border: 1px solid; }
}
`;
