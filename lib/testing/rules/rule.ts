import type { Subject } from '../subject.js';

/** Something that every backend must do. */
export interface Rule {
  readonly name: string;
  /** What is not there and the rule cannot be checked without; `undefined` when all is. */
  readonly lacks?: (subject: Subject) => string | undefined;
  /** Throws an assertion error when the backend breaks the rule. */
  readonly check: (subject: Subject) => Promise<void>;
}
