/** The style sheet of what is shown once something is sent: a busy button, countdowns, and the steps after the number. */
export const CODE_STYLES = `
h2:focus { outline: none; }
.timer { font-variant-numeric: tabular-nums; font-weight: 400; }
[data-busy]::before { content: ''; flex: none; display: inline-block; inline-size: 1em; block-size: 1em; border: 2px solid currentColor; border-inline-end-color: transparent; border-radius: 50%; animation: turn 0.8s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
bdi { white-space: nowrap; color: var(--text); font-weight: 600; font-variant-numeric: tabular-nums; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.code { --char: min(1.5rem, calc(70cqi / var(--length))); position: relative; border-radius: var(--radius); }
.slots { display: grid; grid-template-columns: repeat(var(--length), minmax(0, 1fr)); gap: min(0.5rem, 1.5cqi); }
[part='slot'] { position: relative; display: grid; place-items: center; min-block-size: max(44px, calc(var(--height) + 0.5rem)); border: 1px solid var(--line); border-radius: min(var(--radius), 2.5cqi); font: 600 var(--char)/1 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.code > input { position: absolute; inset: 0; block-size: 100%; padding: 0; color: transparent; caret-color: transparent; letter-spacing: 0.5em; -webkit-text-fill-color: transparent; -webkit-background-clip: text; forced-color-adjust: none; }
.code > input::selection { background: none; }
.code:focus-within [data-caret], .code:focus-within [data-selected] { outline: var(--ring); outline-offset: -1px; border-color: var(--accent); }
.code:focus-within [data-selected] { background: color-mix(in srgb, var(--accent) 14%, transparent); }
.code:focus-within [data-caret]::after { content: ''; position: absolute; inset-block: 0; inset-inline-start: 0.2em; margin-block: auto; inline-size: 2px; block-size: 1.2em; background: currentColor; animation: blink 1.1s steps(1) infinite; }
.code:focus-within [data-caret]:empty::after { inset-inline: 0; margin: auto; }
.code:focus-within [data-caret][data-end]::after { inset-inline: auto 0.2em; }
.code:has([aria-invalid]) [part='slot'] { border-color: var(--error); outline-color: var(--error); }
.long .slots { display: none; }
.long > input { position: static; min-block-size: max(44px, var(--height)); padding: 0.5rem; border: 1px solid var(--line); border-radius: var(--radius); color: inherit; -webkit-text-fill-color: currentColor; caret-color: auto; text-align: center; letter-spacing: normal; font: 600 clamp(0.5rem, calc(130cqi / var(--length)), 1rem)/1.4 ui-monospace, monospace; }
.long > input:focus-visible { outline: var(--ring); }
.long > input[aria-invalid] { border-color: var(--error); }
.code:has(:disabled) { opacity: 0.6; }
@keyframes blink { 50% { opacity: 0; } }
.links { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; }
.no-message, .no-message > div { display: flex; flex-direction: column; }
.no-message { gap: 0; align-items: start; margin-block: -0.625rem; font-size: 0.9375rem; }
[part='no-message']::after { content: ''; inline-size: 0.375rem; block-size: 0.375rem; border: solid; border-width: 0 1.5px 1.5px 0; transform: translateY(-25%) rotate(45deg); }
.no-message > div { align-self: stretch; gap: 0.25rem; }
.links button, [part='no-message'] { display: flex; align-items: center; gap: 0.5rem; padding: 0; color: var(--accent); font-weight: 600; text-align: start; }
.links button:hover, [part='no-message']:hover { text-decoration: underline; }
[part='no-message'][aria-expanded='true']::after { transform: translateY(25%) rotate(225deg); }
.links button[aria-disabled='true']:not([data-busy]) { color: var(--muted); font-weight: 400; text-decoration: none; }
.done { --success: var(--phone-verify-success, #1a7f4b); display: grid; gap: 0.375rem; }
.done p { unicode-bidi: normal; }
.done svg { justify-self: center; margin-block-start: var(--gap); inline-size: 3.5rem; padding: 0.75rem; border-radius: 50%; fill: none; stroke: var(--success); stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; background: color-mix(in srgb, var(--success) 14%, transparent); }
@container (max-width: 14rem) { bdi { white-space: normal; } }
@supports (color: light-dark(#000, #fff)) {
  .done { --success: var(--phone-verify-success, light-dark(#1a7f4b, #6fd6a0)); }
}
@media (prefers-reduced-motion: reduce) {
  [data-busy]::before { animation: none; border-style: dotted; }
  .code * { animation: none !important; }
}
@media (forced-colors: active) {
  .code:focus-within [data-caret], .code:focus-within [data-selected] { outline-color: Highlight; }
  .code:focus-within [data-caret]::after { background: CanvasText !important; }
}
`;
