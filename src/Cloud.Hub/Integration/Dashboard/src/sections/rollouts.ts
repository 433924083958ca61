// Rollouts: groups, devices, what the gate saw, and why it decided.

import { h, type Child } from '../dom';
import { clock, count, digest, percent, plural, words } from '../format';
import type { Store } from '../store';
import type { Evidence, Gate, Rollout, RolloutDevice, RolloutGroup } from '../types';

export function rollouts(store: Store): Child {
  const all = store.state.rollouts;
  if (!all) return h('p', { class: 'empty' }, store.failed.get('rollouts') ?? 'Asking the hub …');
  const [newest, ...older] = all;
  if (!newest) return h('p', { class: 'empty' }, 'No model has been rolled out yet. When one is, each group must prove it before the next gets it.');
  return [
    whole(newest),
    older.length ? h('div', { class: 'older' }, h('h3', null, 'Before'), older.slice(0, 8).map(rollout =>
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
  const alarmsAllowed = seen.controlAlarmRate == null ? null : seen.controlAlarmRate + gate.maximumAlarmRateIncrease;
  const rows: [string, string, number | null, string][] = [
    ['Windows', count(seen.windows), null, `of ${count(gate.minimumWindows)} at least`],
    ['Alarm rate', percent(seen.alarmRate), ratio(seen.alarmRate, alarmsAllowed), seen.controlAlarmRate == null ? 'no control group' : `control ${percent(seen.controlAlarmRate)}, at most ${percent(alarmsAllowed, 0)}`],
    ['False alarms', percent(seen.falseAlarmRate), ratio(seen.falseAlarmRate, gate.maximumFalseAlarmRate), seen.labelledNormalWindows ? `at most ${percent(gate.maximumFalseAlarmRate, 0)} of ${count(seen.labelledNormalWindows)} labelled normal` : 'nothing labelled normal yet'],
    ['Odds of harm', odds(Math.max(seen.alarmOdds, seen.falseAlarmOdds)), over(Math.max(seen.alarmOdds, seen.falseAlarmOdds), 1 / gate.falseStopRate), `stops at ${count(1 / gate.falseStopRate)} to 1`],
    ['Invalid scores', percent(seen.invalidRate), over(seen.invalidRate, gate.maximumInvalidRate), `at most ${percent(gate.maximumInvalidRate, 0)}`],
    ['Inference p99', `${(seen.inferenceP99Us / 1000).toFixed(2)} ms`, ratio(seen.inferenceP99Us, gate.maximumInferenceP99Us), `at most ${(gate.maximumInferenceP99Us / 1000).toFixed(0)} ms`],
    ['Devices', `${seen.devicesAnswered} of ${seen.devicesTold}`, null, ['answered', seen.devicesFailed ? `${seen.devicesFailed} failed` : '', seen.devicesSilent ? `${seen.devicesSilent} silent` : ''].filter(Boolean).join(', ')],
  ];
  return h('table', { class: 'evidence' }, h('caption', { class: 'sr' }, 'Gate evidence'), h('tbody', null, rows.map(([name, shown, share, limit]) =>
    h('tr', { class: share !== null && share > 1 ? 'over' : '' }, h('th', { scope: 'row' }, name), h('td', { class: 'number' }, shown), h('td', { class: 'bar' }, name === 'Windows' ? bar(seen.windows / gate.minimumWindows, true) : share === null ? null : bar(share, false)), h('td', { class: 'limit' }, limit)))));
}

const odds = (to: number): string => (to < 2 ? 'none' : to > 1e6 ? 'over a million to 1' : `${count(Math.round(to))} to 1`);
const ratio = (seen: number | null | undefined, allowed: number | null | undefined): number | null => (seen == null || allowed == null ? null : over(seen, allowed));
const over = (seen: number, allowed: number): number => (allowed > 0 ? seen / allowed : seen > 0 ? 2 : 0);

/** A full bar is the limit; for a minimum it is the goal. */
function bar(share: number, isGoal: boolean): Child {
  const step = Math.round(Math.min(1, share) * 20);
  return h('span', { class: `meter ${isGoal ? 'goal' : share > 1 ? 'over' : ''} w${step}`, 'aria-hidden': 'true' }, h('i'));
}
