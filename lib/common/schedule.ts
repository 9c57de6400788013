/**
 * Has work done after a delay in milliseconds, without keeping the process alive. Injected, so that a test decides when.
 *
 * @returns A function that cancels it.
 */
export type Schedule = (work: () => void, delayMs: number) => () => void;

/** By the process's timers. */
export const scheduleByTimer: Schedule = (work, delayMs) => {
  const timer = setTimeout(work, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
};
