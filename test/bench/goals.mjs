// The goals, as ratios to the floor of the same database and adapter.
import { summary } from './statistics.mjs';

/** `atLeast` or `atMost` of the floor's figure. `only` names the runs that a goal is for. */
const GOALS = [
  { phase: 'check', figure: 'perSecond', system: 'off', atLeast: 0.9 },
  { phase: 'check', figure: 'perSecond', system: 'defaults', atLeast: 0.85 },
  { phase: 'register', figure: 'perSecond', system: 'off', atLeast: 0.8 },
  { phase: 'register', figure: 'perSecond', system: 'memory', atLeast: 0.65 },
  { phase: 'register', figure: 'perSecond', system: 'redis', atLeast: 0.65 },
  { phase: 'register', figure: 'perSecond', system: 'defaults', atLeast: 0.45 },
  { phase: 'check', figure: 'serverCpu', system: 'off', atMost: 1.15 },
  { phase: 'register', figure: 'serverCpu', system: 'off', atMost: 1.4 },
  { phase: 'register', figure: 'databaseCpu', system: 'defaults', atMost: 3 },
  { phase: 'check', figure: 'p99', system: 'off', atMost: 1.3, only: { connections: 16 } },
  { phase: 'register', figure: 'p99', system: 'off', atMost: 1.3, only: { connections: 16 } },
];

/** Outside the goals by this factor, the short form fails. */
const TOLERANCE = 2;

/** The goals of a run, each with the ratio that was measured. */
export function judge(run) {
  // SQLite runs in the server's process, so its share is no measure of the library.
  if (run.database === 'sqlite' || run.windows.floor === undefined) return [];
  return GOALS.filter(({ only }) => only === undefined || only.connections === run.connections).flatMap((goal) => {
    const ratio = ratioToFloor(run.windows, goal);
    if (ratio === undefined) return [];
    return [{ ...goal, ratio, isMet: isWithin(goal, ratio, 1), isNear: isWithin(goal, ratio, TOLERANCE) }];
  });
}

/** Median and spread of the ratios of the windows that ran in one turn; `undefined` where one was not measured. */
export function ratioTo(base, windows, { system, phase, figure }) {
  const compared = windows[base]?.[phase];
  const own = windows[system]?.[phase];
  if (compared?.[0][figure] === undefined || own?.[0][figure] === undefined) return undefined;
  return summary(own.map((window, turn) => window[figure] / compared[turn][figure]));
}

/** The same, of the floor. */
export function ratioToFloor(windows, compared) {
  return ratioTo('floor', windows, compared);
}

function isWithin({ atLeast, atMost }, ratio, tolerance) {
  return atLeast === undefined ? ratio.median <= atMost * tolerance : ratio.median >= atLeast / tolerance;
}
