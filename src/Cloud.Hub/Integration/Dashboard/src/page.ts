// The page's fixed frame: sections fill their own rooms in it.

import { h } from './dom';

export interface Rooms {
  fleet: HTMLElement; mark: HTMLElement; said: HTMLElement; theme: HTMLButtonElement; banner: HTMLElement; loop: HTMLElement; devices: HTMLElement; title: HTMLElement; facts: HTMLElement; reading: HTMLElement; score: HTMLElement;
  scoreEmpty: HTMLElement; channels: HTMLElement; advice: HTMLElement; bench: HTMLElement; asked: HTMLElement; alarms: HTMLElement; alarmCount: HTMLElement; questions: HTMLElement; rollouts: HTMLElement; learning: HTMLElement; decisions: HTMLElement; opinions: HTMLElement; models: HTMLElement; trust: HTMLElement; due: HTMLElement;
}

export function page(root: HTMLElement, onTheme: () => void): Rooms {
  const small = matchMedia('(max-width: 640px)').matches;
  const rooms: Rooms = {
    fleet: h('p', { class: 'fleet' }), mark: h('p', { class: 'mark connecting' }, 'connecting'), said: h('p', { class: 'sr', role: 'status' }), theme: h('button', { type: 'button', class: 'theme', onClick: onTheme }),
    banner: h('div', { class: 'banner', role: 'alert', hidden: true }), loop: h('div'), devices: h('div'), title: h('h2', { id: 'device-title', tabindex: -1 }, 'Device'), facts: h('div'), reading: h('p', { class: 'reading', 'aria-live': 'off' }),
    score: h('div', { class: `plot score ${small ? 'small' : ''}`, role: 'img', 'aria-label': 'Anomaly score' }), scoreEmpty: h('p', { class: 'empty plot-empty' }), channels: h('div', { class: 'channels' }), advice: h('div'), bench: h('div', { class: 'bench' }), asked: h('div'),
    alarms: h('div'), alarmCount: h('small'), questions: h('div'), rollouts: h('div'), learning: h('div'), decisions: h('div'), opinions: h('div'), models: h('div'), trust: h('div'), due: h('div', { class: 'banner due', role: 'alert', hidden: true }),
  };
  const section = (name: string, id: string, title: string, aside: HTMLElement | null, ...rest: HTMLElement[]): HTMLElement =>
    h('section', { class: name, 'aria-labelledby': id }, h('div', { class: 'section-head' }, h('h2', { id, tabindex: -1 }, title), aside), ...rest);

  rooms.asked = section('questions', 'questions-title', 'What was this?', null, rooms.questions);
  rooms.asked.hidden = true;
  rooms.bench.append(
    section('devices', 'devices-title', 'Devices', null, rooms.devices),
    h('section', { class: 'device', 'aria-labelledby': 'device-title' },
      h('div', { class: 'device-head' }, rooms.title, rooms.reading), rooms.score, rooms.scoreEmpty, rooms.facts, rooms.channels, rooms.advice),
    section('alarms', 'alarms-title', 'Alarms', rooms.alarmCount, rooms.alarms));
  root.replaceChildren(
    h('a', { class: 'skip', href: '#device-title' }, 'To the device'),
    h('header', { class: 'top' }, h('h1', null, 'HMAS'), rooms.fleet, h('p', { class: 'zone' }, 'times in UTC'), rooms.mark, rooms.said, rooms.theme),
    rooms.banner,
    rooms.due,
    h('main', null,
      h('section', { class: 'loop', 'aria-label': 'The loop' }, rooms.loop),
      rooms.bench,
      h('div', { class: 'proof' }, section('rollouts', 'rollouts-title', 'Rollout', null, rooms.rollouts),
        h('div', { class: 'side' }, section('learning', 'learning-title', 'Learning', null, rooms.learning), rooms.asked)),
      h('div', { class: 'record' }, section('agents', 'agents-title', 'Decisions of the agents', null, rooms.decisions), section('opinions', 'opinions-title', 'Second looks', null, rooms.opinions),
        section('registry', 'models-title', 'Models', null, rooms.models, h('h3', { class: 'below' }, 'Signatures'), rooms.trust))));
  return rooms;
}
