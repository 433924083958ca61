// Open alarms; the answer to one is a label that the fleet learns from.

import type { Answers } from '../answers';
import { h, type Child } from '../dom';
import { span, words } from '../format';
import type { Store } from '../store';
import type { Alarm } from '../types';
import { whenUs } from '../when';

/** On a phone everything else stands below them. */
const SHOWN = matchMedia('(max-width: 640px)').matches ? 4 : 12;

export function alarms(store: Store, acknowledge: (alarm: Alarm, label: string) => void, select: (deviceId: string) => void, answers: Answers): Child {
  const open = store.state.alarms;
  if (!open) return h('p', { class: 'empty' }, store.failed.get('alarms') ?? 'Asking the hub …');
  if (open.length === 0) return h('p', { class: 'empty' }, 'No open alarm. Answers you give become labels, and the next training learns from them.');
  return [
    h('ul', { class: 'alarm-list' }, open.slice(0, SHOWN).map(alarm => item(alarm, store, acknowledge, select, answers))),
    open.length > SHOWN ? h('p', { class: 'more' }, `${open.length - SHOWN} older ones wait behind these.`) : null,
  ];
}

/** The condition that held, and the channels that are farthest from healthy. */
const REASONS = 4;

function item(alarm: Alarm, store: Store, acknowledge: (alarm: Alarm, label: string) => void, select: (deviceId: string) => void, answers: Answers): Child {
  const { raised } = alarm;
  const refusal = answers.refusal(alarm.alarmId);
  const faults = store.state.faults ?? [];
  const button = (label: string, text: string, kind = ''): Child => h('button', {
    type: 'button', class: kind, disabled: answers.isSending(alarm.alarmId), 'data-key': `${alarm.alarmId}-${label}`, onClick: () => acknowledge(alarm, label),
  }, text);
  const length = alarm.endedUs ? `lasted ${span((alarm.endedUs - raised.timestampUs) / 1e6)}` : 'still raised';
  return h('li', { class: `alarm ${raised.severity} ${alarm.endedUs ? 'ended' : 'raised'}` },
    h('div', { class: 'head' },
      h('button', { type: 'button', class: 'link', 'data-key': `${alarm.alarmId}-show`, onClick: () => select(alarm.deviceId) }, alarm.deviceId),
      h('span', { class: 'severity' }, raised.severity),
      whenUs(raised.timestampUs, 'when')),
    h('p', { class: 'why' }, `${words(raised.ruleId)}, ${length}`),
    h('ul', { class: 'reasons' }, raised.reasons.slice(0, REASONS).map(reason => h('li', null, reason))),
    h('div', { class: 'answers', role: 'group', 'aria-label': `What was it on ${alarm.deviceId}?` },
      button('normal', 'Normal'), button('anomaly', 'Anomaly'),
      faults.length ? h('details', { 'data-key': `${alarm.alarmId}-faults` }, h('summary', { 'data-key': `${alarm.alarmId}-name` }, 'Name the fault'),
        h('div', { class: 'faults' }, faults.map(fault => button(fault.name, words(fault.name))))) : null),
    refusal ? h('p', { class: 'note bad', role: 'alert' }, refusal) : null);
}
