// The window that a label would teach most, drawn, with the names it may be given. The next one follows when it is answered.

import type { Answers } from '../answers';
import { h, s, type Child } from '../dom';
import { percent, span, unit, value, words } from '../format';
import type { Store } from '../store';
import type { Channel, Question } from '../types';
import { whenUs } from '../when';

/** `shown` is the first question with its window; null until it came. */
export function questions(store: Store, shown: Question | null, answer: (question: Question, label: string | null) => void, answers: Answers): Child {
  const waiting = store.state.questions;
  if (!waiting) return h('p', { class: 'empty' }, store.failed.get('questions') ?? 'Asking the hub …');
  const first = waiting[0];
  if (!first) return null;
  const key = `question-${first.id}`;
  const refusal = answers.refusal(key);
  const button = (label: string | null, text: string): Child => h('button', {
    type: 'button', disabled: answers.isSending(key), 'data-key': `${key}-${label ?? 'skip'}`, onClick: () => answer(first, label),
  }, text);
  return h('div', { class: 'question' },
    h('p', { class: 'lead' }, first.deviceId, h('span', { class: 'quiet' }, ' ', whenUs(first.fromUs), `, ${span((first.toUs - first.fromUs) / 1e6)} long · the model said ${first.said} · unsure by ${percent(first.uncertainty)}`)),
    shown?.id === first.id ? drawn(shown, store.state.devices?.find(device => device.deviceId === shown.deviceId)?.reported?.channels ?? []) : h('p', { class: 'quiet' }, 'Fetching the window …'),
    h('div', { class: 'answers', role: 'group', 'aria-label': `What was it on ${first.deviceId}?` }, first.names.map(name => button(name, words(name))), button(null, 'Skip')),
    waiting.length > 1 ? h('p', { class: 'more' }, `${waiting.length - 1} more wait behind it.`) : null,
    refusal ? h('p', { class: 'note bad', role: 'alert' }, refusal) : null);
}

function drawn(question: Question, known: Channel[]): Child {
  const rows = question.channels.length ? question.window.length / question.channels.length : 0;
  if (rows === 0) return h('p', { class: 'quiet' }, 'The archive does not hold this window any more.');
  return question.channels.map((channel, c) => {
    const measure = unit(known.find(one => one.name === channel)?.unit ?? '');
    const range = (from: number, to: number): string => `${value(from)} to ${value(to)}${measure ? `\u00a0${measure}` : ''}`;
    const values = question.window.slice(c * rows, (c + 1) * rows);
    const top = Math.max(...values), bottom = Math.min(...values);
    const points = values.map((n, i) => `${(rows > 1 ? (i / (rows - 1)) * 400 : 200).toFixed(1)},${(4 + (top === bottom ? 0.5 : (top - n) / (top - bottom)) * 32).toFixed(1)}`);
    return h('figure', { class: 'loss window' },
      s('svg', { viewBox: '0 0 400 40', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${channel}: ${range(bottom, top)} over ${rows} rows` }, s('polyline', { points: points.join(' ') })),
      h('figcaption', null, h('span', null, channel), h('span', null, range(bottom, top))));
  });
}
