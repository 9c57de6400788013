// Runs the conformance suite with Vitest's globals. The package is not transformed, like an installed one.
export default {
  test: { include: ['test/support/conformance-anywhere.mjs'], server: { deps: { external: [/\/dist\//] } } },
};
