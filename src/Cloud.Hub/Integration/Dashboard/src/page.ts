// The page's fixed frame: sections fill their own rooms in it.

import { h } from './dom';

export type Rooms = ReturnType<typeof build>;

export function page(root: HTMLElement, onTheme: () => void): Rooms {
  const rooms = build(onTheme);
  rooms.asked.append(head('questions', 'What was this?'), rooms.questions);
  rooms.bench.append(
    section('devices', 'Devices', rooms.devices),
    h('section', { class: 'device', 'aria-labelledby': 'device-title' },
      h('div', { class: 'device-head' }, rooms.title, rooms.reading), rooms.score, rooms.scoreEmpty, rooms.facts, rooms.channels, rooms.advice),
    h('section', { class: 'alarms', 'aria-labelledby': 'alarms-title' }, head('alarms', 'Alarms', rooms.alarmCount), rooms.alarms));
  root.replaceChildren(
    h('a', { class: 'skip', href: '#device-title' }, 'To the device'),
    h('header', { class: 'top' }, h('h1', null, 'HMAS'), rooms.fleet, h('p', { class: 'zone' }, 'times in UTC'), rooms.mark, rooms.said, rooms.theme),
    rooms.banner,
    rooms.due,
    h('main', null,
      h('section', { class: 'loop', 'aria-label': 'The loop' }, rooms.loop),
      rooms.bench,
      h('div', { class: 'proof' },
        section('rollouts', 'Rollout', rooms.rollouts),
        h('div', { class: 'side' }, section('learning', 'Learning', rooms.learning), rooms.asked)),
      h('div', { class: 'record' },
        section('agents', 'Decisions of the agents', rooms.decisions),
        section('opinions', 'Second looks', rooms.opinions),
        section('registry', 'Models', rooms.models, h('h3', { class: 'below' }, 'Signatures'), rooms.trust))));
  return rooms;
}

function build(onTheme: () => void) {
  const isSmall = matchMedia('(max-width: 640px)').matches;
  return {
    fleet: h('p', { class: 'fleet' }),
    mark: h('p', { class: 'mark connecting' }, 'connecting'),
    said: h('p', { class: 'sr', role: 'status' }),
    theme: h('button', { type: 'button', class: 'theme', onClick: onTheme }),
    banner: h('div', { class: 'banner', role: 'alert', hidden: true }),
    due: h('div', { class: 'banner due', role: 'alert', hidden: true }),
    loop: h('div'),
    bench: h('div', { class: 'bench' }),
    devices: h('div'),
    title: h('h2', { id: 'device-title', tabindex: -1 }, 'Device'),
    reading: h('p', { class: 'reading', 'aria-live': 'off' }),
    score: h('div', { class: `plot score ${isSmall ? 'small' : ''}`, role: 'img', 'aria-label': 'Anomaly score' }),
    scoreEmpty: h('p', { class: 'empty plot-empty' }),
    facts: h('div'),
    channels: h('div', { class: 'channels' }),
    advice: h('div'),
    alarms: h('div'),
    alarmCount: h('small'),
    rollouts: h('div'),
    learning: h('div'),
    asked: h('section', { class: 'questions', 'aria-labelledby': 'questions-title', hidden: true }),
    questions: h('div'),
    decisions: h('div'),
    opinions: h('div'),
    models: h('div'),
    trust: h('div'),
  };
}

const section = (name: string, title: string, ...rest: HTMLElement[]): HTMLElement =>
  h('section', { class: name, 'aria-labelledby': `${name}-title` }, head(name, title), rest);

const head = (name: string, title: string, aside: HTMLElement | null = null): HTMLElement =>
  h('div', { class: 'section-head' }, h('h2', { id: `${name}-title`, tabindex: -1 }, title), aside);
