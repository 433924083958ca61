// The window that a label would teach most, drawn, with the names it may be given. The next one follows when it is answered.

import { h, s, type Child } from '../dom';
import { eventDay, eventTime, percent, value, words } from '../format';
import type { Store } from '../store';
import type { Question } from '../types';

/** `shown` is the first question with its window; null until it came. */
export function questions(store: Store, shown: Question | null, answer: (question: Question, label: string | null) => void, state: string | undefined): Child {
  const waiting = store.state.questions;
  if (!waiting) return h('p', { class: 'empty' }, store.failed.get('questions') ?? 'Asking the hub …');
  const first = waiting[0];
  if (!first) return h('p', { class: 'empty' }, 'No window waits for a name. The hub asks when its models are unsure.');
  const button = (label: string | null, text: string): Child => h('button', {
    type: 'button', disabled: state === 'sending', 'data-key': `question-${first.id}-${label ?? 'skip'}`, onClick: () => answer(first, label),
  }, text);
  return h('div', { class: 'question' },
    h('p', { class: 'lead' }, first.deviceId, h('span', { class: 'quiet', title: eventDay(first.toUs) }, ` ${eventTime(first.fromUs)} to ${eventTime(first.toUs)} · the model said ${first.said} · unsure by ${percent(first.uncertainty)}`)),
    shown?.id === first.id ? drawn(shown) : h('p', { class: 'quiet' }, 'Fetching the window …'),
    h('div', { class: 'answers', role: 'group', 'aria-label': `What was it on ${first.deviceId}?` }, first.names.map(name => button(name, words(name))), button(null, 'Skip')),
    waiting.length > 1 ? h('p', { class: 'more' }, `${waiting.length - 1} more wait behind it.`) : null,
    state && state !== 'sending' ? h('p', { class: 'note bad', role: 'alert' }, state) : null);
}

function drawn(question: Question): Child {
  const rows = question.channels.length ? question.window.length / question.channels.length : 0;
  if (rows === 0) return h('p', { class: 'quiet' }, 'The archive does not hold this window any more.');
  return question.channels.map((channel, c) => {
    const values = question.window.slice(c * rows, (c + 1) * rows);
    const top = Math.max(...values), bottom = Math.min(...values);
    const points = values.map((n, i) => `${(rows > 1 ? (i / (rows - 1)) * 400 : 200).toFixed(1)},${(4 + (top === bottom ? 0.5 : (top - n) / (top - bottom)) * 32).toFixed(1)}`);
    return h('figure', { class: 'loss window' },
      s('svg', { viewBox: '0 0 400 40', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${channel}: ${value(bottom)} to ${value(top)} over ${rows} rows` }, s('polyline', { points: points.join(' ') })),
      h('figcaption', null, h('span', null, channel), h('span', null, `${value(bottom)} to ${value(top)}`)));
  });
}
