import type { Subject } from '../subject.js';

/** A requirement for every backend. */
export interface Rule {
  readonly name: string;
  /** What the rule needs and the subject lacks; `undefined` if it lacks nothing. */
  readonly lacks?: (subject: Subject) => string | undefined;
  /** Throws an assertion error if the backend breaks the rule. */
  readonly check: (subject: Subject) => Promise<void>;
}
