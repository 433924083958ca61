// Rollouts: groups, devices, what the gate saw, and why it decided.

import { h, s, type Child } from '../dom';
import { count, digest, plural, words } from '../format';
import type { Store } from '../store';
import type { Rollout, RolloutDevice, RolloutGroup } from '../types';
import { when } from '../when';
import { evidence } from './gate';
import { terms } from './terms';

const MOST_OPEN = 4;

export function rollouts(store: Store): Child {
  const all = store.state.rollouts;
  if (!all) return h('p', { class: 'empty' }, store.failed.get('rollouts') ?? 'Asking the hub …');
  if (!all[0]) return h('p', { class: 'empty' }, ['No model has been rolled out yet. When one is, each group must prove it before the next gets it. By hand: ', h('code', null, './hmas rollout start')]);
  // Whatever is under way is shown whole; somebody may have to do something.
  const open = all.filter(rollout => !rollout.endedAt).slice(0, MOST_OPEN);
  const shown = open.length ? open : [all[0]];
  const older = all.filter(rollout => !shown.includes(rollout));
  return [
    shown.map(rollout => whole(rollout, store)),
    older.length ? h('div', { class: 'older' }, h('h3', null, 'Earlier'), older.slice(0, 8).map(rollout =>
      h('details', { 'data-key': `rollout-${rollout.rolloutId}` }, h('summary', { 'data-key': `rollout-s-${rollout.rolloutId}` }, line(rollout, store)), whole(rollout, store)))) : null,
  ];
}

const badge = (state: string): Child => h('span', { class: `badge ${state}` }, words(state));

/** Its state, and that it does not end by itself. */
const badges = (rollout: Rollout): Child => [badge(rollout.state), rollout.request.continuous && !rollout.endedAt ? [' ', badge('continuous')] : null];

/** What it brings: a model by its name and release, once the registry was asked, and the digest always. */
function what(rollout: Rollout, store: Store): Child {
  const model = store.state.models?.find(entry => entry.digest === rollout.request.digest)?.manifest;
  return [model ? `${model.name} ${model.release} ` : rollout.kind === 'model' ? null : `${words(rollout.kind)} `, h('code', { title: rollout.request.digest }, digest(rollout.request.digest))];
}

function line(rollout: Rollout, store: Store): Child {
  return [h('span', null, what(rollout, store)), ' ', badges(rollout), rollout.stoppedBy ? h('span', { class: 'by' }, ` stopped by ${words(rollout.stoppedBy)}`) : null, when(rollout.startedAt)];
}

function whole(rollout: Rollout, store: Store): Child {
  const touched = rollout.groups.flatMap(group => group.devices).filter(device => device.touched);
  const restored = touched.filter(device => device.restored).length;
  return h('div', { class: 'rollout', 'data-id': rollout.rolloutId },
    h('p', { class: 'lead' }, what(rollout, store), ' ', badges(rollout),
      rollout.stoppedBy ? h('span', { class: 'by' }, ` stopped by ${words(rollout.stoppedBy)}, ${restored} of ${plural(touched.length, 'changed device')} restored`) : null),
    h('p', { class: 'quiet' }, `${rollout.request.requestedBy}: ${rollout.request.reason}`,
      rollout.request.where ? ['; aimed at ', h('code', null, rollout.request.where)] : null,
      rollout.controlDevices.length ? `; ${plural(rollout.controlDevices.length, 'device')} kept as before, for comparison` : ''),
    terms(rollout),
    h('ol', { class: 'groups' }, rollout.groups.map(group => lane(group, rollout))),
    rollout.transitions.length ? h('div', { class: 'why' }, h('h3', null, 'Why'), h('ol', { class: 'timeline' }, [...rollout.transitions].reverse().slice(0, 10).map(step =>
      h('li', { class: step.to }, when(step.at), h('span', { class: 'step' }, step.group ? `${step.group} ` : '', `${words(step.from)} → ${words(step.to)}`), h('span', { class: 'reason' }, step.reason))))) : null);
}

/** Beyond this a group is a number; nobody reads a thousand names. */
const MOST_CHIPS = 60;
const MOST_COMPLAINTS = 3;

function lane(group: RolloutGroup, rollout: Rollout): Child {
  const seen = group.evidence;
  return h('li', { class: `lane ${group.state}` },
    h('div', { class: 'lane-head' }, h('strong', null, group.name), badge(group.state)),
    tally(group, rollout.kind),
    h('ul', { class: 'chips' }, group.devices.slice(0, MOST_CHIPS).map(device => chip(device, group.state)), group.devices.length > MOST_CHIPS ? h('li', { class: 'quiet' }, `and ${count(group.devices.length - MOST_CHIPS)} more`) : null),
    seen && seen.devicesTold < group.devices.length ? h('p', { class: 'quiet' }, `${count(seen.devicesTold)} of ${plural(group.devices.length, 'device')} told so far`) : null,
    complaints(group),
    seen ? evidence(seen, rollout.request.gate, rollout.kind) : h('p', { class: 'empty' }, waits(group, rollout)));
}

/** Why devices refused or went back, in their own words. */
function complaints(group: RolloutGroup): Child {
  const said = group.devices.filter(device => device.reason && !device.restored);
  if (said.length === 0) return null;
  return h('ul', { class: 'complaints' }, said.slice(0, MOST_COMPLAINTS).map(device => h('li', null, h('b', null, device.deviceId), `: ${device.reason}`)),
    said.length > MOST_COMPLAINTS ? h('li', { class: 'quiet' }, `and ${count(said.length - MOST_COMPLAINTS)} more; all: hmas rollout explain`) : null);
}

function waits(group: RolloutGroup, rollout: Rollout): string {
  if (group.state !== 'waiting') return 'No evidence yet. No data is never success.';
  const before = rollout.groups[rollout.groups.indexOf(group) - 1];
  if (before && before.state !== 'passed') return 'Waits for the group before it.';
  return rollout.request.groups.some(plan => plan.name === group.name && plan.manual) ? `Waits for a person: hmas rollout trigger ${rollout.rolloutId}` : 'Not begun yet.';
}

/** The group at a glance: how many are well, on their way, failed, lost, silent. */
function tally(group: RolloutGroup, kind: string): Child {
  const seen = group.evidence;
  if (!seen || seen.devicesTold === 0) return null;
  const healthy = kind === 'model' ? group.devices.filter(device => device.state?.toLowerCase() === 'committed' && !device.restored).length : seen.devicesHealthy;
  const restored = group.devices.filter(device => device.restored).length;
  const parts = (restored ? [[restored, 'restored'] as const] : [[healthy, 'healthy'], [seen.devicesFailed, 'failed'], [seen.devicesLost, 'lost'], [seen.devicesUndelivered, 'not reached'], [seen.devicesSilent, 'silent']] as const).filter(([many]) => many > 0);
  let at = 0;
  return h('div', { class: 'tally' },
    s('svg', { viewBox: `0 0 ${seen.devicesTold} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, parts.map(([many, what]) => {
      const part = s('rect', { x: at, width: many, height: 1, class: words(what).replace(' ', '-') });
      at += many;
      return part;
    })),
    h('p', null, parts.map(([many, what], i) => [i ? ' · ' : '', h('b', null, count(many)), ` ${what}`]), at < seen.devicesTold ? [parts.length ? ' · ' : '', h('b', null, count(seen.devicesTold - at)), ' under way'] : null));
}

function chip(device: RolloutDevice, group: string): Child {
  // Of those who were told; before that a device waits with its group.
  const state = device.restored ? 'restored' : (device.state ?? (group === 'waiting' ? 'waiting' : 'no report yet')).toLowerCase();
  const title = [words(state), device.swapMs != null ? `swapped in ${device.swapMs.toFixed(0)} ms` : '', device.reason ?? ''].filter(Boolean).join(', ');
  return h('li', { class: `chip ${state.replaceAll(' ', '-')} ${device.touched ? 'touched' : ''}`, title }, h('span', null, device.deviceId), ' ', h('small', null, words(state)));
}
