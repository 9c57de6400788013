import type { ValueTransformer } from 'typeorm';

/** A `Date` in a column of epoch milliseconds, which means the same on every database and in every time zone. */
export const instant: ValueTransformer = {
  to: (date: Date | null | undefined) => date?.getTime() ?? null,
  from: (milliseconds: string | number | null) => (milliseconds === null ? null : new Date(Number(milliseconds))),
};
