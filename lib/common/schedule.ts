/**
 * Runs work after a delay in milliseconds, without keeping the process alive. Injected, so that tests control the time.
 *
 * @returns A function that cancels it.
 */
export type Schedule = (work: () => void, delayMs: number) => () => void;

/** A {@link Schedule} that uses `setTimeout`. */
export const scheduleByTimer: Schedule = (work, delayMs) => {
  const timer = setTimeout(work, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};
