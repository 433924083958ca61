// Training: how the loss fell, and whether the candidate is better on recordings it never saw.

import { h, s, type Child } from '../dom';
import { count, digest, percent, score, value, words } from '../format';
import type { Store } from '../store';
import type { Slice, Training } from '../types';
import { when } from '../when';

const SLICES = 8;

export function learning(store: Store): Child {
  const runs = store.state.training;
  if (!runs) return h('p', { class: 'empty' }, store.failed.get('training') ?? 'Asking the hub …');
  const [newest, ...older] = runs;
  if (!newest) return h('p', { class: 'empty' }, ['Nothing has been trained yet. The fleet agent trains the first model once enough recordings have ended; a machine that never stops makes one every 20 minutes. By hand: ', h('code', null, './hmas learn start')]);
  return [
    run(newest),
    older.length ? h('div', { class: 'older' }, h('h3', null, 'Earlier'), older.slice(0, 6).map(earlier =>
      h('details', { 'data-key': `run-${earlier.runId}` }, h('summary', { 'data-key': `run-s-${earlier.runId}` },
        h('span', { class: `badge ${earlier.state}` }, words(earlier.state)), ` ${earlier.request.modelName}, ${earlier.request.recipe}`, gain(earlier), when(earlier.startedAt)), run(earlier)))) : null,
  ];
}

/** What the run came to, in a few letters. */
function gain(training: Training): string {
  const before = training.parentMetrics['all']?.f1, after = training.candidateMetrics['all']?.f1;
  return after == null ? '' : before == null ? `: F1 ${score(after)}` : `: F1 ${score(before)} → ${score(after)}`;
}

const isOver = (state: string): boolean => ['registered', 'rejected', 'failed', 'cancelled', 'searched'].includes(state);

function run(training: Training): Child {
  const share = Math.round(Math.min(1, Math.max(0, training.progress)) * 100);
  return h('div', { class: 'training' },
    h('p', { class: 'lead' }, h('span', { class: `badge ${training.state}` }, words(training.state)), ` ${training.request.modelName}, ${training.request.recipe}`,
      training.candidateDigest ? [' → ', h('code', { title: training.candidateDigest }, digest(training.candidateDigest))] : null),
    isOver(training.state) ? null : h('progress', { max: 100, value: share, 'aria-label': 'Training progress' }, `${share} %`),
    h('p', { class: 'quiet' }, [training.message, `${count(training.trainingWindows)} windows`, `asked for by ${training.request.requestedBy}`, 'started '].filter(Boolean).join(' · '), when(training.startedAt)),
    training.lossCurve.length > 1 ? loss(training.lossCurve) : null,
    metrics(training));
}

function loss(curve: number[]): Child {
  const finite = curve.filter(Number.isFinite);
  const top = Math.max(...finite), bottom = Math.min(...finite);
  const x = (i: number): number => 4 + (i / (curve.length - 1)) * 392;
  const y = (n: number): number => 6 + (top === bottom ? 0.5 : (top - n) / (top - bottom)) * 68;
  const points = curve.flatMap((n, i) => (Number.isFinite(n) ? [`${x(i).toFixed(1)},${y(n).toFixed(1)}`] : []));
  return h('figure', { class: 'loss' },
    s('svg', { viewBox: '0 0 400 80', preserveAspectRatio: 'none', role: 'img', 'aria-label': `Loss fell from ${value(finite[0])} to ${value(finite.at(-1))} over ${curve.length} epochs` },
      s('line', { x1: 0, x2: 400, y1: 79, y2: 79, class: 'base' }), s('polyline', { points: points.join(' ') })),
    h('figcaption', null, h('span', null, `loss ${value(finite[0])}`), h('span', null, `${curve.length} epochs`), h('span', null, value(finite.at(-1)))));
}

function metrics(training: Training): Child {
  const slices = Object.keys(training.candidateMetrics).sort((a, b) => (a === 'all' ? -1 : b === 'all' ? 1 : a.localeCompare(b)));
  // Where no row is labelled nothing is known, and the message says so.
  if (!slices.some(name => training.candidateMetrics[name]!.f1 != null)) return null;
  const cell = (before: number | undefined, after: number | undefined, higher: boolean, shown: (n: number | undefined) => string): Child => {
    const better = before == null || after == null || Math.abs(after - before) < 5e-4 ? '' : (after > before) === higher ? 'better' : 'worse';
    return h('td', { class: `number ${better}` }, before == null ? null : h('small', null, `${shown(before)} → `), h('b', null, shown(after)), better ? h('span', { class: better === 'better' ? 'sr' : 'mark-worse' }, ` ${better}`) : null);
  };
  return h('table', { class: 'metrics' }, h('caption', null, 'On held-out recordings, before → after'),
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Slice'), h('th', { scope: 'col' }, 'F1'), h('th', { scope: 'col' }, 'False alarms'), h('th', { scope: 'col' }, 'Missed'))),
    h('tbody', null, slices.slice(0, SLICES).map(name => {
      const after = training.candidateMetrics[name] as Slice, before = training.parentMetrics[name];
      return h('tr', { class: name === 'all' ? 'all' : '' }, h('th', { scope: 'row' }, name), cell(before?.f1, after.f1, true, score), cell(before?.falseAlarmRate, after.falseAlarmRate, false, percent), cell(before?.missedAlarmRate, after.missedAlarmRate, false, percent));
    })));
}
