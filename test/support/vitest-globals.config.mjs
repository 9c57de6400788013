// For the conformance suite under Vitest with its globals. The package is not transformed, as installed ones are not.
export default {
  test: { include: ['test/support/conformance-anywhere.mjs'], server: { deps: { external: [/\/dist\//] } } },
};
