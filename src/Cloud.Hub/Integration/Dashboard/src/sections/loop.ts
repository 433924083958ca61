// The loop as a picture: eight stations on a line that returns to its start.

import { h, s, type Child } from '../dom';
import { ago } from '../format';
import type { Overview } from '../types';

const NAMES: Record<string, string> = { sense: 'Sense', sync: 'Sync', store: 'Store', judge: 'Judge', learn: 'Learn', sign: 'Sign', rollout: 'Roll out', prove: 'Prove' };
const MEANING: Record<string, string> = {
  sense: 'Devices measure and decide', sync: 'Facts travel up, numbered', store: 'Facts are on disk', judge: 'Alarms meet the truth', learn: 'A candidate is trained and compared',
  sign: 'A model is signed and registered', rollout: 'A model travels to devices', prove: 'A gate judges its behaviour',
};
const WORDS: Record<string, string> = { idle: 'quiet', busy: 'at work', done: 'done', failed: 'failed' };

export function loop(overview: Overview | undefined): Child {
  const stages = overview?.loop ?? Object.keys(NAMES).map(stage => ({ stage, state: 'idle' as const, detail: '', at: undefined }));
  return [
    h('ol', { class: 'stations' }, stages.map(stage => h('li', { class: `station ${stage.state}`, title: MEANING[stage.stage] },
      h('span', { class: 'node', 'aria-hidden': 'true' }, glyph(stage.state)),
      h('span', { class: 'name' }, NAMES[stage.stage] ?? stage.stage),
      h('span', { class: 'sr' }, `: ${WORDS[stage.state] ?? stage.state}. `),
      h('span', { class: 'detail', title: stage.detail }, stage.detail || MEANING[stage.stage] || ''),
      h('time', { datetime: stage.at }, stage.at && stage.state !== 'busy' ? ago(stage.at) : '')))),
    h('div', { class: 'return', 'aria-hidden': 'true' }, h('span', null, 'a better model answers on the devices')),
  ];
}

function glyph(state: string): Child {
  const path = { done: 'M5 10.5l3.4 3.4L15 7', failed: 'M6 6l8 8M14 6l-8 8' }[state];
  return s('svg', { viewBox: '0 0 20 20' }, path ? s('path', { d: path }) : s('circle', { cx: 10, cy: 10, r: state === 'busy' ? 4 : 2.2 }));
}
