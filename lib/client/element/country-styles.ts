/** The styles of the list of countries. */
export const COUNTRY_STYLES = `
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[part='country-search']:focus-visible { outline: var(--ring); outline-offset: 2px; }
dialog { position: fixed; inset: auto; top: var(--top); bottom: var(--bottom); left: clamp(8px, var(--left), calc(100vw - var(--list) - 8px)); --list: min(max(var(--width), 18rem), 100vw - 16px); inline-size: var(--list); max-inline-size: none; max-block-size: clamp(12rem, var(--space), 24rem); margin: 0; padding: 0; overflow: hidden; border: 1px solid var(--edge); border-radius: var(--radius); background: var(--surface); color: var(--text); box-shadow: 0 1rem 3rem -1rem rgb(0 0 0 / 45%); white-space: normal; overscroll-behavior: contain; }
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: none; }
.search { display: flex; gap: 0.25rem; padding: 0.5rem; border-block-end: 1px solid var(--edge); }
[part='country-search'] { flex: 1; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.75); }
[part='country-search']::placeholder { color: var(--muted); opacity: 1; }
[part='close'] { min-inline-size: 44px; padding: 0; font-size: 1.5rem; line-height: 1; }
ul { flex: 1; min-block-size: 0; overflow-y: auto; margin: 0; padding: 0.25rem; list-style: none; overscroll-behavior: contain; }
li { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.75rem; min-block-size: 44px; padding: 0.375rem 0.75rem; border-radius: calc(var(--radius) * 0.75); cursor: pointer; content-visibility: auto; contain-intrinsic-block-size: 44px; }
li > :first-child { flex: 1 1 7rem; min-inline-size: 0; overflow-wrap: break-word; }
.iso, .calling { color: var(--muted); font-variant-numeric: tabular-nums; }
.calling { min-inline-size: 3rem; text-align: end; }
li:hover { background: color-mix(in srgb, var(--text) 6%, transparent); }
li[data-active] { background: color-mix(in srgb, var(--accent) 16%, transparent); outline: var(--ring); outline-offset: -2px; }
li[aria-selected='true'] > :first-child { font-weight: 600; }
ul:not([data-filtered]) .last-preferred { margin-block-end: 0.5rem; border-block-end: 1px solid var(--edge); border-end-start-radius: 0; border-end-end-radius: 0; }
@media (max-width: 479.98px) {
  dialog { inset: 0; inline-size: 100%; block-size: 100dvh; max-block-size: none; border: 0; border-radius: 0; }
  dialog [part='country-search'] { font-size: max(1rem, 16px); }
}
@media (forced-colors: active) {
  li[data-active] { outline: 2px solid Highlight; }
}
`;
