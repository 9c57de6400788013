import type { TimeLimit } from '../common/time.js';

/** Maximum number of items in one group. */
const MAX_GROUP = 32;

/** How long a group runs before the next one may start beside it, in milliseconds. */
const MAX_WAIT_MS = 100;

/** An item that waits for its group. */
interface Waiting<Item, Result> {
  readonly item: Item;
  readonly limit: TimeLimit;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs items in groups: the first runs at once, and those that arrive while it runs go together in the next group. So
 * nothing is delayed, and under load one statement serves many items.
 *
 * A group that takes long, such as one that waits for a lock, does not keep the next one waiting. If a group fails, each
 * of its items that has time left runs once more by itself, so that no item fails because of another.
 */
export class GroupCommit<Item, Result> {
  readonly #waiting = new Set<Waiting<Item, Result>>();
  /** The group that the next one waits for. */
  #current: object | undefined;

  /**
   * @param commit - Runs the items of a group, all or none of them, and returns a result for each.
   * @param keyOf - What no two items of a group may share, such as the row that they update.
   */
  constructor(
    private readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly keyOf: (item: Item) => unknown,
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
      this.#startNext();
    });
  }

  #startNext(): void {
    if (this.#current !== undefined || this.#waiting.size === 0) return;
    const group = this.#takeGroup();
    this.#current = group;
    const end = (): void => {
      clearTimeout(timer);
      if (this.#current !== group) return;
      this.#current = undefined;
      this.#startNext();
    };
    const timer = setTimeout(end, MAX_WAIT_MS);
    void this.#run(group).then(end);
  }

  /** The items that have waited longest, up to the second one of a key. */
  #takeGroup(): readonly Waiting<Item, Result>[] {
    const group: Waiting<Item, Result>[] = [];
    const keys = new Set<unknown>();
    for (const waiting of this.#waiting) {
      const key = this.keyOf(waiting.item);
      if (keys.size === MAX_GROUP || keys.has(key)) break;
      keys.add(key);
      group.push(waiting);
      this.#waiting.delete(waiting);
    }
    return group;
  }

  async #run(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.commit(group.map(({ item }) => item));
      results.forEach((result, index) => group[index]?.resolve(result));
    } catch (error) {
      const canRunAgain = ({ limit }: Waiting<Item, Result>): boolean => group.length > 1 && !limit.isOver;
      for (const { reject } of group.filter((waiting) => !canRunAgain(waiting))) reject(error);
      await Promise.all(group.filter(canRunAgain).map((waiting) => this.#run([waiting])));
    }
  }
}
