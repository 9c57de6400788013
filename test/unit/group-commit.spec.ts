import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeLimit, TimeLimitError } from '../../lib/common/time.js';
import { GroupCommit, type GroupCommitOptions } from '../../lib/common/group-commit.js';

const NEVER = new TimeLimit();

/** Keys of items of which one group runs after the other. */
const ONE_KEY = { keysOf: () => ['the only key'], canShareKeys: true };

/** A commit that a test ends, and the groups that it was given. One group runs after the other. */
function controlledCommit({
  keysOf = ONE_KEY.keysOf,
  canShareKeys = ONE_KEY.canShareKeys,
  hasNoEffect = (): boolean => true,
}: Partial<GroupCommitOptions<string>> = {}) {
  const groups: (readonly string[])[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const commit = (items: readonly string[]): Promise<readonly string[]> => {
    groups.push(items);
    return new Promise((resolve, reject) =>
      ends.push({ resolve: () => resolve(items.map((item) => `${item}!`)), reject }),
    );
  };
  return {
    groups,
    ends,
    group: new GroupCommit(commit, { keysOf, canShareKeys, hasNoEffect }),
  };
}

/** Waits for the end of this turn of the event loop. */
async function endOfTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Lets everything run that waits for a promise, and then for the end of the next turn of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await endOfTurn();
  await vi.advanceTimersByTimeAsync(0);
}

describe('a group commit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs items that arrive in two turns of the event loop together, at the end of the second', async () => {
    const { group, groups, ends } = controlledCommit();
    const items = ['a', 'b'].map((item) => group.add(item, NEVER));
    await endOfTurn();
    items.push(group.add('c', NEVER));

    expect(groups).toEqual([]);
    await endOfTurn();
    expect(groups).toEqual([['a', 'b', 'c']]);
    ends[0]?.resolve();
    expect(await Promise.all(items)).toEqual(['a!', 'b!', 'c!']);
  });

  it('starts eight items at once, and the next ones in another turn', async () => {
    const { group, groups } = controlledCommit({ keysOf: (item) => [item] });

    for (let index = 0; index < 8; index++) void group.add(String(index), NEVER);
    expect(groups.map((items) => items.length)).toEqual([8]);
    void group.add('next', NEVER);
    await settle();

    expect(groups.map((items) => items.length)).toEqual([8, 1]);
  });

  it('runs three groups, and then all that wait together', async () => {
    const { group, groups, ends } = controlledCommit({ keysOf: (item) => [item] });

    for (let index = 0; index < 70; index++) void group.add(String(index), NEVER);
    await settle();
    expect(groups.map((items) => items.length)).toEqual([8, 8, 8]);
    ends[1]?.resolve();
    await settle();

    expect(groups.map((items) => items.length)).toEqual([8, 8, 8, 32]);
  });

  it('runs items together that arrive while a group runs', async () => {
    const { group, groups, ends } = controlledCommit();
    const first = group.add('a', NEVER);
    await settle();
    const others = ['b', 'c', 'd'].map((item) => group.add(item, NEVER));
    await settle();

    expect(groups).toEqual([['a']]);
    ends[0]?.resolve();
    await first;
    await settle();
    expect(groups).toEqual([['a'], ['b', 'c', 'd']]);
    ends[1]?.resolve();
    expect(await Promise.all(others)).toEqual(['b!', 'c!', 'd!']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('never puts two items of one key into a group, and keeps their order', async () => {
    const { group, groups, ends } = controlledCommit({ keysOf: (item) => [item.charAt(0)], canShareKeys: false });
    const items = ['b1', 'c', 'b2', 'd'].map((item) => group.add(item, NEVER));

    await settle();
    ends[0]?.resolve();
    await settle();
    ends[1]?.resolve();
    await Promise.all(items);

    expect(groups).toEqual([
      ['b1', 'c'],
      ['b2', 'd'],
    ]);
  });

  it('runs three groups side by side, but never two items of one key', async () => {
    const { group, groups, ends } = controlledCommit({ keysOf: (item) => [item.charAt(0)], canShareKeys: false });
    const items: Promise<string>[] = [];
    for (const added of ['a1', 'b1', 'c1', 'd1']) {
      items.push(group.add(added, NEVER));
      await settle();
    }
    expect(groups).toEqual([['a1'], ['b1'], ['c1']]);
    items.push(group.add('b2', NEVER));

    ends[0]?.resolve();
    await settle();
    expect(groups).toEqual([['a1'], ['b1'], ['c1'], ['d1']]);
    ends[3]?.resolve();
    await settle();
    expect(groups).toHaveLength(4);
    ends[1]?.resolve();
    await settle();
    expect(groups).toEqual([['a1'], ['b1'], ['c1'], ['d1'], ['b2']]);
    ends[2]?.resolve();
    ends[4]?.resolve();
    await Promise.all(items);
  });

  it('puts items that share keys into one group where that is allowed, but never into two side by side', async () => {
    const { group, groups, ends } = controlledCommit({
      keysOf: (item) => item.split(' '),
      canShareKeys: true,
    });
    const items = ['a x', 'a y'].map((item) => group.add(item, NEVER));
    await settle();
    items.push(...['b', 'y', 'c'].map((item) => group.add(item, NEVER)));
    await settle();

    expect(groups).toEqual([['a x', 'a y'], ['b']]);
    ends[0]?.resolve();
    await settle();
    expect(groups).toEqual([['a x', 'a y'], ['b'], ['y', 'c']]);
    ends[1]?.resolve();
    ends[2]?.resolve();
    expect(await Promise.all(items)).toEqual(['a x!', 'a y!', 'b!', 'y!', 'c!']);
  });

  it('limits the items of a group', async () => {
    const groups: number[] = [];
    const group = new GroupCommit<string, string>(
      async (items) => {
        groups.push(items.length);
        return items;
      },
      { ...ONE_KEY, hasNoEffect: () => true },
    );

    await Promise.all(Array.from({ length: 200 }, (_, index) => group.add(String(index), NEVER)));

    expect(groups).toEqual([8, 32, 32, 32, 32, 32, 32]);
  });

  it('runs groups outside of the context of a request, whose trace they would become part of', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const commit = async (items: readonly string[]): Promise<readonly string[]> => {
      seen.push(context.getStore());
      return items;
    };
    const group = new GroupCommit<string, string>(commit, {
      ...ONE_KEY,
      hasNoEffect: () => true,
    });

    const results = [1, 2].map((request) =>
      context.run(`request ${request}`, async () => {
        await group.add(String(request), NEVER);
        await group.add(`${request} again`, NEVER);
        return context.getStore();
      }),
    );
    await vi.runAllTimersAsync();

    expect(await Promise.all(results)).toEqual(['request 1', 'request 2']);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });

  it('starts the next group beside one that takes long', async () => {
    const { group, groups, ends } = controlledCommit();
    const stuck = group.add('a', NEVER);
    await settle();
    const next = group.add('b', NEVER);
    await settle();

    await vi.advanceTimersByTimeAsync(99);
    await settle();
    expect(groups).toEqual([['a']]);
    await vi.advanceTimersByTimeAsync(1);
    await settle();
    expect(groups).toEqual([['a'], ['b']]);
    const last = group.add('c', NEVER);
    ends[0]?.resolve();
    await stuck;
    await settle();
    // The first group's end is not the end of the second.
    expect(groups).toHaveLength(2);
    ends[1]?.resolve();
    await next;
    await settle();
    ends[2]?.resolve();
    await last;
  });

  it('runs each item of a failed group by itself, so that no item fails because of another', async () => {
    const { group, groups, ends } = controlledCommit();
    const first = group.add('a', NEVER);
    await settle();
    const others = [group.add('b', NEVER), group.add('c', NEVER).catch((error: unknown) => error)];

    ends[0]?.resolve();
    await first;
    await settle();
    ends[1]?.reject(new Error('one of both'));
    await settle();
    expect(groups).toEqual([['a'], ['b', 'c'], ['b'], ['c']]);
    ends[2]?.resolve();
    ends[3]?.reject(new Error('its own'));

    expect(await Promise.all(others)).toEqual(['b!', new Error('its own')]);
    await settle();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('runs no item of a failed group again that may have had an effect', async () => {
    const { group, groups, ends } = controlledCommit({ hasNoEffect: () => false });
    const both = ['a', 'b'].map((item) => group.add(item, NEVER).catch((error: unknown) => error));

    await settle();
    ends[0]?.reject(new Error('the reply is lost'));

    expect(await Promise.all(both)).toEqual([new Error('the reply is lost'), new Error('the reply is lost')]);
    await settle();
    expect(groups).toEqual([['a', 'b']]);
  });

  it('does not run an item of a failed group again if its time is up', async () => {
    const { group, groups, ends } = controlledCommit();
    const limit = new TimeLimit();
    void group.add('a', NEVER);
    await settle();
    const others = ['b', 'c'].map((item) => group.add(item, limit).catch((error: unknown) => error));

    ends[0]?.resolve();
    await settle();
    limit.end(new TimeLimitError(1000));
    ends[1]?.reject(new Error('no database'));

    expect(await Promise.all(others)).toEqual([new Error('no database'), new Error('no database')]);
    expect(groups).toEqual([['a'], ['b', 'c']]);
  });

  it('does not run an item whose time is up before its group starts', async () => {
    const { group, groups, ends } = controlledCommit();
    const limit = new TimeLimit();
    const first = group.add('a', limit);
    await settle();
    const late = group.add('b', limit).catch((error: unknown) => error);

    limit.end(new TimeLimitError(1000));
    expect(await late).toBeInstanceOf(TimeLimitError);
    ends[0]?.resolve();
    expect(await first).toBe('a!');
    await settle();
    expect(groups).toEqual([['a']]);
  });

  it('rejects an item whose commit fails, and goes on', async () => {
    const { group, ends } = controlledCommit();
    const first = group.add('a', NEVER).catch((error: unknown) => error);
    await settle();
    ends[0]?.reject(new Error('no database'));

    expect(await first).toEqual(new Error('no database'));
    await settle();
    const second = group.add('a', NEVER);
    await settle();
    ends[1]?.resolve();
    await second;
  });
});
