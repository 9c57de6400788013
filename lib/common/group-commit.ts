import { AsyncResource } from 'node:async_hooks';
import type { TimeLimit } from './time.js';

/** Maximum number of items in one group. */
const MAX_GROUP = 32;

/** Groups that run side by side, so that the next one need not wait until the last is confirmed. */
const SIDE_BY_SIDE = 3;

/**
 * A group starts immediately when this many items wait. A larger group would save little, and the database can already work
 * while this process continues.
 */
const IMMEDIATE_START_AT = 8;

/** How long a group runs before the next one may start beside it, in milliseconds. */
const MAX_WAIT_MS = 100;

/** An item that waits for its group. */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly limit: TimeLimit;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** How items are grouped. */
export interface GroupCommitOptions<Item> {
  /** What no two groups may share that run side by side, such as the rows that they update. */
  readonly keysOf: (item: Item) => readonly unknown[];
  /** Whether the items of one group may share keys. */
  readonly canShareKeys: boolean;
  /** Whether a group that failed with this error has certainly changed nothing, so that its items may run again. */
  readonly hasNoEffect: (error: unknown) => boolean;
}

/**
 * Runs items in groups: those that arrive in two turns of the event loop, or while as many groups run as may, go together in
 * the next group, which starts immediately when it is large enough. So nothing waits for a timer, and under load one
 * statement serves many items.
 *
 * A group that takes long, such as one that waits for a lock, does not keep the next one waiting. If a group fails without
 * an effect, each of its items that has time left runs once more by itself, so that no item fails because of another.
 */
export class GroupCommit<Item, Result> {
  readonly #waiting = new Set<Waiting<Item, Result>>();
  /** The keys of the groups that the next one waits for. */
  readonly #running = new Set<ReadonlySet<unknown>>();
  #isStarting = false;
  /** Groups belong to no request: what traces a request would add the statements of others to it. */
  readonly #scope = new AsyncResource('PhoneVerifyGroup');

  /** @param commit - Runs the items of a group and returns a result for each. */
  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly options: GroupCommitOptions<Item>,
  ) {}

  /**
   * Runs an item.
   *
   * @param limit - An item whose time is up before its group starts is not run.
   * @throws {@link TimeLimitError} if it was not run; otherwise what the commit throws.
   */
  add(item: Item, limit: TimeLimit): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = { item, limit, resolve, reject };
      this.#waiting.add(waiting);
      limit.onEnd((reason) => {
        if (this.#waiting.delete(waiting)) reject(reason);
      });
      this.#startWhenDue();
    });
  }

  /**
   * Starts the next group now if it has enough items; otherwise at the end of the next turn of the event loop, with all that
   * have arrived by then. Most items are alone in their own turn, because a client sends its next request as soon as it has
   * read a response.
   */
  #startWhenDue(): void {
    if (this.#waiting.size >= IMMEDIATE_START_AT) return this.#start();
    if (this.#isStarting || this.#running.size === SIDE_BY_SIDE) return;
    this.#isStarting = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#isStarting = false;
        this.#start();
      }),
    );
  }

  /** Starts as many groups as may run. */
  #start(): void {
    while (this.#running.size < SIDE_BY_SIDE) {
      const { group, keys } = this.#takeGroup();
      if (group.length === 0) return;
      this.#scope.runInAsyncScope(() => this.#startGroup(group, keys));
    }
  }

  #startGroup(group: readonly Waiting<Item, Result>[], keys: ReadonlySet<unknown>): void {
    this.#running.add(keys);
    const end = (): void => {
      clearTimeout(timer);
      if (this.#running.delete(keys) && this.#waiting.size > 0) this.#startWhenDue();
    };
    const timer = setTimeout(end, MAX_WAIT_MS);
    void this.#run(group).then(end);
  }

  /** The items that have waited longest, up to the first that must not run together with what runs or is taken. */
  #takeGroup(): { group: readonly Waiting<Item, Result>[]; keys: ReadonlySet<unknown> } {
    const group: Waiting<Item, Result>[] = [];
    const keys = new Set<unknown>();
    for (const waiting of this.#waiting) {
      const own = this.options.keysOf(waiting.item);
      if (group.length === MAX_GROUP || own.some((key) => this.#isRunning(key))) break;
      if (!this.options.canShareKeys && own.some((key) => keys.has(key))) break;
      for (const key of own) keys.add(key);
      group.push(waiting);
      this.#waiting.delete(waiting);
    }
    return { group, keys };
  }

  #isRunning(key: unknown): boolean {
    for (const keys of this.#running) if (keys.has(key)) return true;
    return false;
  }

  async #run(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.commit(group.map(({ item }) => item));
      results.forEach((result, index) => group[index]?.resolve(result));
    } catch (error) {
      const isRepeatable = group.length > 1 && this.options.hasNoEffect(error);
      const canRunAgain = ({ limit }: Waiting<Item, Result>): boolean => isRepeatable && !limit.isOver;
      for (const { reject } of group.filter((waiting) => !canRunAgain(waiting))) reject(error);
      await Promise.all(group.filter(canRunAgain).map((waiting) => this.#run([waiting])));
    }
  }
}
