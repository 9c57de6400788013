/** Browsers send `no` as well as `nb`; the registry of languages maps neither to the other. */
export { default } from './nb.js';
