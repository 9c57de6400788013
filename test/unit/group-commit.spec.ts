import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TimeLimit, TimeLimitError } from '../../lib/common/time.js';
import { GroupCommit } from '../../lib/database/group-commit.js';

const NEVER = new TimeLimit();

/** A commit that a test ends, and the groups that it was given. */
function controlledCommit() {
  const groups: (readonly string[])[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const commit = (items: readonly string[]): Promise<readonly string[]> => {
    groups.push(items);
    return new Promise((resolve, reject) =>
      ends.push({ resolve: () => resolve(items.map((item) => `${item}!`)), reject }),
    );
  };
  return { groups, ends, group: new GroupCommit(commit, (item) => item.charAt(0)) };
}

/** Lets everything run that waits for a promise. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe('a group commit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs the first item at once, and those that arrive meanwhile together', async () => {
    const { group, groups, ends } = controlledCommit();
    const first = group.add('a', NEVER);
    const others = ['b', 'c', 'd'].map((item) => group.add(item, NEVER));

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
    const { group, groups, ends } = controlledCommit();
    void group.add('a', NEVER);
    const items = ['b1', 'c', 'b2', 'd'].map((item) => group.add(item, NEVER));

    ends[0]?.resolve();
    await settle();
    ends[1]?.resolve();
    await settle();
    ends[2]?.resolve();
    await Promise.all(items);

    expect(groups).toEqual([['a'], ['b1', 'c'], ['b2', 'd']]);
  });

  it('limits the items of a group', async () => {
    const groups: number[] = [];
    const group = new GroupCommit<string, string>(
      async (items) => {
        groups.push(items.length);
        return items;
      },
      (item) => item,
    );

    await Promise.all(Array.from({ length: 200 }, (_, index) => group.add(String(index), NEVER)));

    expect(groups).toEqual([1, 32, 32, 32, 32, 32, 32, 7]);
  });

  it('starts the next group beside one that takes long', async () => {
    const { group, groups, ends } = controlledCommit();
    const stuck = group.add('a', NEVER);
    const next = group.add('b', NEVER);

    await vi.advanceTimersByTimeAsync(99);
    expect(groups).toEqual([['a']]);
    await vi.advanceTimersByTimeAsync(1);
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

  it('does not run an item of a failed group again if its time is up', async () => {
    const { group, groups, ends } = controlledCommit();
    const limit = new TimeLimit();
    void group.add('a', NEVER);
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
    ends[0]?.reject(new Error('no database'));

    expect(await first).toEqual(new Error('no database'));
    await settle();
    const second = group.add('a', NEVER);
    ends[1]?.resolve();
    await second;
  });
});
