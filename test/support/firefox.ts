/** Path of Firefox, from `TEST_FIREFOX`. Without it, its tests are left out; `.ci/extended` runs them. */
export const FIREFOX: string | undefined = process.env['TEST_FIREFOX'] || undefined;
