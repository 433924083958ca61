// What a rollout waits for beside its gates: a second person, a date, the hours of its sites.

import { h, type Child } from '../dom';
import { moment } from '../format';
import type { MaintenanceWindow, Rollout } from '../types';

export function terms(rollout: Rollout): Child {
  const { request } = rollout;
  const lines: Child[] = [];
  if (request.needsApproval) {
    lines.push(rollout.approvedBy ? h('li', null, `Approved by ${rollout.approvedBy}`)
      : rollout.state === 'scheduled' ? h('li', { class: 'waits' }, h('strong', null, 'Waits for a second person'), `: anybody but ${request.requestedBy}, who asked for it. `, h('code', null, `hmas rollout approve ${rollout.rolloutId}`))
        : null);
  }

  if (rollout.openSince && !rollout.endedAt) lines.push(h('li', null, `Open since ${moment(rollout.openSince)}: each device that comes to match gets it too`));
  if (request.notBefore && rollout.state === 'scheduled') lines.push(h('li', { class: 'waits' }, `Not before ${moment(request.notBefore)}`));
  if (rollout.waitsFor.length && !rollout.endedAt) lines.push(h('li', { class: 'waits' }, h('strong', null, 'Waits for devices of '), rollout.waitsFor.map((id, i) => [i ? ', ' : '', h('code', null, id)])));
  for (const window of request.windows) lines.push(h('li', null, hours(window)));
  const shown = lines.filter(Boolean);
  return shown.length ? h('ul', { class: 'terms' }, shown) : null;
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function hours(window: MaintenanceWindow): Child {
  const from = window.from.slice(0, 5);
  const where = window.site ? (window.site === '*' ? 'Every site' : window.site) : 'Every site';
  return [
    h('strong', null, where), ` is told ${days(window.days ?? [])} ${from} to ${end(window)}`, h('small', null, ` ${window.timeZone}${window.until ? `, until ${window.until}` : ''}`),
  ];
}

/** `Mon to Fri` where days follow each other, `Mon, Wed` where not. */
function days(named: string[]): string {
  const places = named.map(day => DAYS.indexOf(day.toLowerCase())).filter(place => place >= 0).sort((a, b) => a - b);
  if (places.length === 0 || places.length === 7) return 'every day';
  const short = (place: number): string => DAYS[place]!.slice(0, 1).toUpperCase() + DAYS[place]!.slice(1, 3);
  const [first, last] = [places[0]!, places.at(-1)!];
  return places.length > 2 && last - first === places.length - 1 ? `${short(first)} to ${short(last)}` : places.map(short).join(', ');
}

function end(window: MaintenanceWindow): string {
  const [hour, minute] = window.from.split(':').map(Number);
  const at = hour! * 60 + minute! + window.minutes;
  const text = `${String(Math.floor(at / 60) % 24).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  return at >= 1440 ? `${text} the next day` : text;
}
