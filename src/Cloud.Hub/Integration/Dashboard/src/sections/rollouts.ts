// Rollouts: groups, devices, what the gate saw, and why it decided.

import { h, type Child } from '../dom';
import { clock, count, digest, percent, plural, words } from '../format';
import type { Store } from '../store';
import type { Evidence, Gate, Metric, Rollout, RolloutDevice, RolloutGroup } from '../types';

export function rollouts(store: Store): Child {
  const all = store.state.rollouts;
  if (!all) return h('p', { class: 'empty' }, store.failed.get('rollouts') ?? 'Asking the hub …');
  const [newest, ...older] = all;
  if (!newest) return h('p', { class: 'empty' }, 'No model has been rolled out yet. When one is, each group must prove it before the next gets it.');
  return [
    whole(newest),
    older.length ? h('div', { class: 'older' }, h('h3', null, 'Earlier'), older.slice(0, 8).map(rollout =>
      h('details', { 'data-key': `rollout-${rollout.rolloutId}` }, h('summary', { 'data-key': `rollout-s-${rollout.rolloutId}` }, line(rollout)), whole(rollout)))) : null,
  ];
}

const badge = (state: string): Child => h('span', { class: `badge ${state}` }, words(state));

function line(rollout: Rollout): Child {
  return [h('code', null, digest(rollout.request.digest)), ' ', badge(rollout.state), rollout.stoppedBy ? h('span', { class: 'by' }, ` stopped by ${words(rollout.stoppedBy)}`) : null, h('time', null, clock(rollout.startedAt))];
}

function whole(rollout: Rollout): Child {
  const touched = rollout.groups.flatMap(group => group.devices).filter(device => device.touched);
  const restored = touched.filter(device => device.restored).length;
  return h('div', { class: 'rollout' },
    h('p', { class: 'lead' }, h('code', { title: rollout.request.digest }, digest(rollout.request.digest)), ' ', badge(rollout.state),
      rollout.stoppedBy ? h('span', { class: 'by' }, ` stopped by ${words(rollout.stoppedBy)}, ${restored} of ${plural(touched.length, 'changed device')} restored`) : null),
    h('p', { class: 'quiet' }, `${rollout.request.requestedBy}: ${rollout.request.reason}`,
      rollout.request.where ? ['; aimed at ', h('code', null, rollout.request.where)] : null,
      rollout.controlDevices.length ? `; ${plural(rollout.controlDevices.length, 'device')} kept as before, for comparison` : ''),
    h('ol', { class: 'groups' }, rollout.groups.map(group => lane(group, rollout.request.gate))),
    rollout.transitions.length ? h('div', { class: 'why' }, h('h3', null, 'Why'), h('ol', { class: 'timeline' }, [...rollout.transitions].reverse().slice(0, 10).map(step =>
      h('li', { class: step.to }, h('time', null, clock(step.at)), h('span', { class: 'step' }, step.group ? `${step.group} ` : '', `${words(step.from)} → ${words(step.to)}`), h('span', { class: 'reason' }, step.reason))))) : null);
}

/** Beyond this a group is a number; nobody reads a thousand names. */
const MOST_CHIPS = 60;

function lane(group: RolloutGroup, gate: Gate): Child {
  return h('li', { class: `lane ${group.state}` },
    h('div', { class: 'lane-head' }, h('strong', null, group.name), badge(group.state)),
    h('ul', { class: 'chips' }, group.devices.slice(0, MOST_CHIPS).map(device => chip(device, group.state)), group.devices.length > MOST_CHIPS ? h('li', { class: 'quiet' }, `and ${count(group.devices.length - MOST_CHIPS)} more`) : null),
    group.evidence ? evidence(group.evidence, gate) : h('p', { class: 'empty' }, group.state === 'waiting' ? 'Waits for the group before it.' : 'No evidence yet. No data is never success.'));
}

function chip(device: RolloutDevice, group: string): Child {
  // Silence is of those who were told; before that a device waits with its group.
  const state = device.restored ? 'restored' : (device.state ?? (group === 'waiting' ? 'waiting' : 'silent')).toLowerCase();
  const title = [words(state), device.swapMs != null ? `swapped in ${device.swapMs.toFixed(0)} ms` : '', device.reason ?? ''].filter(Boolean).join(', ');
  return h('li', { class: `chip ${state} ${device.touched ? 'touched' : ''}`, title }, h('span', null, device.deviceId), h('small', null, words(state)));
}

function evidence(seen: Evidence, gate: Gate): Child {
  const rows: [string, string, Child, string, boolean][] = [
    ['Devices', `${seen.devicesAnswered} of ${seen.devicesTold}`, null, ['answered', ...[[seen.devicesFailed, 'failed'], [seen.devicesUndelivered, 'not reached'], [seen.devicesIdle, 'on the way'], [seen.devicesSilent, 'silent']].filter(([many]) => many).map(([many, what]) => `${many} ${what}`)].join(', '), false],
    ['Windows', count(seen.windows), bar(seen.windows / gate.minimumWindows, true), `of ${count(gate.minimumWindows)} at least`, false],
    ...seen.metrics.map((metric): [string, string, Child, string, boolean] => {
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
  return metric.odds < 2 ? allowed : `${allowed}; odds of harm ${odds(metric.odds)}, stops at ${count(metric.stopsAt)}`;
}

const odds = (to: number): string => (to > 1e6 ? 'over a million to 1' : `${count(Math.round(to))} to 1`);
const over = (seen: number, allowed: number): number => (allowed > 0 ? seen / allowed : seen > 0 ? 2 : 0);

/** A full bar is the limit; for a minimum it is the goal. */
function bar(share: number, isGoal: boolean): Child {
  const step = Math.round(Math.min(1, share) * 20);
  return h('span', { class: `meter ${isGoal ? 'goal' : share > 1 ? 'over' : ''} w${step}`, 'aria-hidden': 'true' }, h('i'));
}
