// What is known of the chosen device, around its plots.

import { h, type Child } from '../dom';
import { bytes, count, digest, percent, words } from '../format';
import type { Store } from '../store';
import { stateOf } from './devices';

export function facts(store: Store): Child {
  const device = store.state.devices?.find(known => known.deviceId === store.selected);
  if (!device) return null;
  const reported = device.reported;
  const model = store.state.models?.find(entry => entry.digest === reported?.activeDigest);
  const state = stateOf(device, store);
  const told: [string, Child][] = [
    ['State', h('span', { class: `word ${state.replace(' ', '-')}` }, state)],
    ['Model', reported?.activeDigest ? [model ? `${model.manifest.name} ${model.manifest.release} ` : '', h('code', { title: reported.activeDigest }, digest(reported.activeDigest)), h('small', null, ` ${words(reported.slotState)}`)] : 'none answers'],
    ['Calibrated', !reported?.activeDigest ? '–' : reported.calibrated ? 'yes' : 'not yet'],
    ['Sampling', `×${reported?.samplingBoost ?? 1}`],
    ['Not sent yet', reported ? count(reported.counters.factsProduced - reported.counters.factsAcknowledged) : '–'],
    ['Memory', reported?.counters.residentBytes ? bytes(reported.counters.residentBytes) : '–'],
    ['Run', store.telemetry?.runId ?? reported?.runId ?? '–'],
  ];
  return [
    h('dl', { class: 'facts' }, told.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))),
    reported?.refusal ? went(reported.slotState, reported.refusal) : null,
  ];
}

/** Why the last model is not the one that answers. */
const went = (slot: string, why: string): Child => (why === 'restored' ? h('p', { class: 'note' }, 'The hub took it back to what it had.')
  : h('p', { class: 'note bad' }, slot.toLowerCase() === 'returned' ? `It went back by itself: ${why}` : `It refused a model: ${why}`));

export function advice(store: Store): Child {
  const detail = store.state.detail;
  if (!detail) return null;
  const opinions = detail.opinions;
  const agreeing = opinions.filter(opinion => opinion.agrees).length;
  const advised = detail.advice;
  return h('div', { class: 'beside' },
    h('section', { 'aria-label': 'Pump advice' }, h('h3', null, 'Pump advice'),
      advised ? [
        h('p', { class: 'lead' }, h('strong', null, words(advised.fault)), h('small', null, ` ${percent(advised.confidence, 0)} sure`)),
        h('p', null, advised.advice),
        advised.reasons.length ? h('ul', { class: 'reasons' }, advised.reasons.slice(0, 4).map(reason => h('li', null, reason))) : null,
      ] : h('p', { class: 'empty' }, 'Nothing to advise: no alarmed window since the hub started.')),
    h('section', { 'aria-label': 'Second opinion' }, h('h3', null, 'Second opinion'),
      opinions.length ? [
        h('p', { class: 'lead' }, h('strong', null, `${agreeing} of ${opinions.length}`), h('small', null, ' windows: the teacher agrees')),
        h('div', { class: 'ticks', role: 'img', 'aria-label': `${agreeing} of the last ${opinions.length} windows agree` },
          [...opinions].reverse().map(opinion => h('i', { class: `${opinion.agrees ? 'agrees' : 'differs'} ${opinion.deviceAlarm ? 'alarm' : ''}`, title: `teacher ${opinion.teacherScore.toFixed(2)}× its threshold, device ${opinion.deviceAlarm ? 'alarmed' : 'calm'}` }))),
      ] : h('p', { class: 'empty' }, 'The teacher has not seen a window of this device yet.')),
    h('section', { 'aria-label': 'Data quality' }, h('h3', null, 'Data quality'),
      detail.quality ? [
        h('p', { class: 'lead' }, h('strong', { class: detail.quality.verdict }, detail.quality.verdict), h('small', null, ` over ${count(detail.quality.windows)} windows`)),
        h('p', null, detail.quality.explanation || `${percent(detail.quality.missingShare)} missing, ${percent(detail.quality.stuckShare)} stuck, ${percent(detail.quality.outOfRangeShare)} out of range`),
      ] : h('p', { class: 'empty' }, 'No verdict yet.')));
}
