// Sites and their devices, each with its score at a glance.

import { h, s, type Child } from '../dom';
import { digest, plural } from '../format';
import type { Store } from '../store';
import type { Device, Point } from '../types';

export function devices(store: Store, select: (deviceId: string) => void): Child {
  const all = store.state.devices;
  if (!all) return h('p', { class: 'empty' }, store.failed.get('devices') ?? 'Asking the hub …');
  if (all.length === 0) {
    return h('div', { class: 'first' }, h('p', { class: 'lead' }, 'No device is enrolled yet.'),
      h('p', null, 'In a terminal beside this hub, with names of yours for the site and the device:'),
      h('pre', null, './hmas devices enrol north pump-1\n./hmas agent run --settings pump-1/agent.yaml'),
      h('p', null, 'It appears here by itself. Without ', h('code', null, './hmas'), ': ', h('code', null, 'POST /api/v1/devices'), ' with the enrolment token.'));
  }

  const sites = new Map<string, Device[]>();
  for (const device of all) sites.set(device.siteId, [...(sites.get(device.siteId) ?? []), device]);
  return [...sites].map(([siteId, list]) => {
    const site = store.state.overview?.sites.find(known => known.siteId === siteId);
    const online = list.filter(device => device.online).length;
    return h('div', { class: 'site' },
      h('h3', null, h('span', null, siteId), h('small', null, `${online} of ${list.length} online`)),
      site?.incident ? h('p', { class: 'incident' }, site.incident, site.samplingBoost > 1 ? ` · sampling ×${site.samplingBoost}` : '') : null,
      h('ul', null, list.map(device => row(device, store, select))));
  });
}

export type DeviceState = 'offline' | 'no model' | 'calibrating' | 'alarm' | 'normal';

export function stateOf(device: Device, store: Store): DeviceState {
  if (!device.online) return 'offline';
  if (!device.reported?.activeDigest) return 'no model';
  if (!device.reported.calibrated) return 'calibrating';
  const newest = store.recent.get(device.deviceId)?.at(-1);
  const isRaised = newest ? newest.alarm : store.state.alarms?.some(alarm => alarm.deviceId === device.deviceId && alarm.endedUs === undefined);
  return isRaised ? 'alarm' : 'normal';
}

function row(device: Device, store: Store, select: (deviceId: string) => void): Child {
  const state = stateOf(device, store);
  const open = store.state.alarms?.filter(alarm => alarm.deviceId === device.deviceId).length ?? 0;
  const answering = device.reported?.activeDigest;
  const model = store.state.models?.find(entry => entry.digest === answering)?.manifest;
  return h('li', null, h('button', {
    class: `device-row ${state.replace(' ', '-')}`, type: 'button', 'data-key': `device-${device.deviceId}`, 'aria-pressed': store.selected === device.deviceId ? 'true' : 'false',
    onClick: () => select(device.deviceId),
  },
  h('span', { class: 'dot', 'aria-hidden': 'true' }),
  h('span', { class: 'name' }, device.deviceId),
  h('span', { class: 'state' }, state),
  h('span', { class: 'spark' }, spark(store.recent.get(device.deviceId) ?? [])),
  h('span', { class: 'meta' }, open > 0 ? [h('b', null, plural(open, 'alarm')), ' · '] : null,
    model ? h('span', { title: answering }, `${model.name} ${model.release}`) : h('code', { title: answering ?? 'no model answers' }, digest(answering)))));
}

/** Score against threshold, newest right; the line in the middle is the threshold, which a logit has at 0. */
function spark(points: Point[]): Child {
  const above = points.flatMap(p => (p.score != null && p.threshold != null ? [p.score - p.threshold] : []));
  const reach = Math.max(1e-9, ...above.map(Math.abs), ...points.map(p => Math.abs(p.threshold ?? 0)));
  const line = above.map((over, i) => `${(72 - (above.length - 1 - i) * (72 / 89)).toFixed(1)},${(9 - over / reach * 8).toFixed(1)}`).join(' ');
  return s('svg', { viewBox: '0 0 72 18', 'aria-hidden': 'true' }, s('line', { x1: 0, x2: 72, y1: 9, y2: 9, class: 'limit' }), above.length > 1 ? s('polyline', { points: line }) : null);
}
