// A gate: what it has seen, what it allows, and the smallest harm that it would have told by now.

import { h, s, type Child } from '../dom';
import { count, percent, seconds, span, words } from '../format';
import type { Evidence, Gate, Metric } from '../types';

type Row = [name: string, shown: string, meter: Child, allowed: string, isOver: boolean];

export function evidence(seen: Evidence, gate: Gate, kind: string): Child {
  const classes = [[seen.devicesFailed, 'failed'], [seen.devicesUndelivered, 'not reached'], [seen.devicesIdle, 'on the way'], [seen.devicesLost, 'lost'], [seen.devicesSilent, 'silent']] as const;
  const rows: Row[] = [
    ['Devices', `${seen.devicesAnswered} of ${seen.devicesTold}`, null, ['answered', ...classes.filter(([many]) => many).map(([many, what]) => `${many} ${what}`)].join(', '), seen.devicesLost > 0],
    kind === 'model'
      ? ['Windows', count(seen.windows), bar(seen.windows / gate.minimumWindows, true), `of ${count(gate.minimumWindows)} at least`, false]
      : ['Healthy', `${seen.devicesHealthy} of ${seen.devicesAnswered}`, bar(seen.devicesAnswered ? seen.devicesHealthy / seen.devicesAnswered : 0, true), `for ${span(seconds(gate.minimumHealthyTime))} without another start`, false],
    ...seen.metrics.map((metric): Row => {
      const allowed = metric.limit + (metric.reference ?? 0);
      return [words(metric.name) + (metric.slice ? ` (${metric.slice})` : ''), percent(metric.value), metric.limit < 1 ? bar(over(metric.value, allowed), false) : null, limit(metric), over(metric.value, allowed) > 1];
    }),
  ];
  return h('table', { class: 'evidence' }, h('caption', { class: 'sr' }, 'Gate evidence'), h('tbody', null, rows.map(([name, shown, meter, allowed, isOver]) =>
    h('tr', { class: isOver ? 'over' : '' }, h('th', { scope: 'row' }, name), h('td', { class: 'number' }, shown), h('td', { class: 'bar' }, meter), h('td', { class: 'limit' }, allowed)))));
}

function limit(metric: Metric): string {
  if (metric.limit >= 1) return 'shown, decides nothing';
  const allowed = metric.reference == null ? `at most ${percent(metric.limit)}` : `control ${percent(metric.reference)}, at most ${percent(metric.limit)} more`;
  // Nothing found says little where little could have been.
  const told = metric.tells == null ? 'could tell nothing yet' : `would tell ${percent(metric.tells)}${metric.reference == null ? '' : ' more'}`;
  return metric.odds < 2 ? `${allowed}; ${told}` : `${allowed}; odds of harm ${odds(metric.odds)}, stops at ${count(metric.stopsAt)}`;
}

const odds = (to: number): string => (to > 1e6 ? 'over a million to 1' : `${count(Math.round(to))} to 1`);
const over = (seen: number, allowed: number): number => (allowed > 0 ? seen / allowed : seen > 0 ? 2 : 0);

/** A full bar is the limit; for a minimum it is the goal. */
function bar(share: number, isGoal: boolean): Child {
  return s('svg', { class: `meter ${isGoal ? 'goal' : share > 1 ? 'over' : ''}`, viewBox: '0 0 1 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('rect', { width: Math.min(1, share), height: 1 }));
}
