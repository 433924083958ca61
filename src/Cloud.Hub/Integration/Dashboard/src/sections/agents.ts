// What the upper agents decided, what the teacher and the data say, which models there are.

import { h, type Child } from '../dom';
import { bytes, count, digest, percent, plural } from '../format';
import type { Store } from '../store';
import { when } from '../when';

export function decisions(store: Store): Child {
  const all = store.state.decisions;
  if (!all) return h('p', { class: 'empty' }, store.failed.get('decisions') ?? 'Asking the hub …');
  if (all.length === 0) return h('p', { class: 'empty' }, 'The site and fleet agents have had nothing to decide.');
  return h('ol', { class: 'decisions' }, all.slice(0, 8).map(made => h('li', null, when(made.at), h('span', { class: 'agent' }, made.agent), h('strong', null, made.decision), h('span', { class: 'reason' }, made.reason))));
}

export function opinions(store: Store): Child {
  const all = store.state.opinions, quality = store.state.quality;
  if (!all && !quality) return h('p', { class: 'empty' }, store.failed.get('opinions') ?? 'Asking the hub …');
  if (!all?.length && !quality?.length) return h('p', { class: 'empty' }, 'No window has been looked at twice yet. The teacher reads windows as devices hand them over.');
  const ids = [...new Set([...(quality ?? []).map(q => q.deviceId), ...(all ?? []).map(o => o.deviceId)])].sort();
  return h('table', { class: 'quality' },
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Device'), h('th', { scope: 'col' }, 'Data'), h('th', { scope: 'col' }, 'Teacher agrees'))),
    h('tbody', null, ids.map(id => {
      const q = quality?.find(known => known.deviceId === id);
      const mine = (all ?? []).filter(opinion => opinion.deviceId === id);
      return h('tr', null, h('th', { scope: 'row' }, id), h('td', null, q ? h('span', { class: `badge ${q.verdict}`, title: q.explanation }, q.verdict) : '–'),
        h('td', { class: 'number' }, mine.length ? [percent(mine.filter(opinion => opinion.agrees).length / mine.length, 0), h('small', null, ` of ${mine.length}`)] : '–'));
    })));
}

export function models(store: Store): Child {
  const all = store.state.models;
  if (!all) return h('p', { class: 'empty' }, store.failed.get('models') ?? 'Asking the hub …');
  if (all.length === 0) return h('p', { class: 'empty' }, 'The registry is empty.');
  const use = new Map(store.state.overview?.models.map(model => [model.digest, model.devices]));
  return h('ul', { class: 'models' }, all.slice(0, 8).map(entry => h('li', null,
    h('code', { title: entry.digest }, digest(entry.digest)), h('span', { class: 'what' }, `${entry.manifest.name} ${entry.manifest.release}`, h('small', null, ` ${entry.manifest.precision} · ${bytes(entry.packageBytes)} · by ${entry.addedBy}`)),
    entry.quarantined ? h('span', { class: 'badge failed' }, 'quarantined') : h('span', { class: 'use' }, use.get(entry.digest) ? plural(use.get(entry.digest)!, 'device') : ''))));
}

/** The fleet in a line: who is there, what is raised, what is kept. */
export function glance(store: Store): Child {
  const { devices, overview } = store.state;
  if (!devices?.length) return null;
  const kept = overview?.archive;
  return [
    `${devices.filter(device => device.online).length} of ${plural(devices.length, 'device')} online`,
    overview?.openAlarms ? [' · ', h('strong', null, plural(overview.openAlarms, 'open alarm'))] : null,
    kept ? ` · ${count(kept.experiences)} experiences kept` : null,
    kept && kept.gaps + kept.evicted > 0 ? ` · ${count(kept.evicted)} given up on devices` : null,
  ];
}
