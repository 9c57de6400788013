// The report in Markdown.
import { judge, ratioToFloor } from './goals.mjs';
import { summary } from './statistics.mjs';
import { SYSTEMS } from './systems.mjs';

const FIGURES = {
  perSecond: 'requests/s',
  p50: 'p50, ms',
  p99: 'p99, ms',
  serverCpu: 'server CPU, µs',
  databaseCpu: 'database CPU, µs',
};

/** The whole report. */
export function reportOf({ about, runs }) {
  return [
    ...Object.entries(about).map(([name, value]) => `- ${name}: ${value}`),
    '',
    ...runs.flatMap((run) => [
      `## ${run.database}, ${run.adapter}, ${run.connections} connections`,
      '',
      ...['register', 'check'].flatMap((phase) => figuresOf(run, phase)),
      ...goalsOf(run),
    ]),
  ].join('\n');
}

function figuresOf({ windows }, phase) {
  const [first] = Object.values(windows);
  const figures = Object.keys(FIGURES).filter((figure) => first[phase][0][figure] !== undefined);
  const rows = Object.entries(windows).map(([system, { [phase]: measured }]) => {
    const ratio = ratioToFloor(windows, { system, phase, figure: 'perSecond' });
    return [SYSTEMS[system].title].concat(
      figures.map((figure) => formatSummary(measured.map((window) => window[figure]))),
      formatRatio(ratio),
    );
  });
  return table([phase, ...figures.map((figure) => FIGURES[figure]), 'of the floor'], rows);
}

function goalsOf(run) {
  const goals = judge(run);
  if (goals.length === 0) return [];
  const rows = goals.map(({ phase, figure, system, atLeast, atMost, ratio, isMet }) => [
    `${phase}, ${SYSTEMS[system].title}: ${FIGURES[figure].split(',')[0]}`,
    formatRatio(ratio),
    atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`,
    isMet ? 'yes' : '**no**',
  ]);
  return table(['goal', 'of the floor', 'goal', 'reached'], rows);
}

function table(heads, rows) {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).concat('');
}

function formatSummary(values) {
  const { median, min, max } = summary(values);
  return `${format(median)} (${format(min)} to ${format(max)})`;
}

function format(value) {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function formatRatio(ratio) {
  if (ratio === undefined) return '';
  const [median, min, max] = [ratio.median, ratio.min, ratio.max].map((value) => value.toFixed(2));
  return `${median} (${min} to ${max})`;
}
