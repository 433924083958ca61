// A moment on the page: short, and whole for a pointer that rests on it and for programs.

import { h, type Child } from './dom';
import { clock, stamp } from './format';

export function when(at: Date | string, kind?: string): Child {
  const date = new Date(at);
  const here = date.toLocaleTimeString('en-GB', { timeZoneName: 'short' });
  return h('time', { datetime: date.toISOString(), class: kind, title: `${date.toISOString().slice(0, 10)} ${clock(date)} UTC (${here} here)` }, stamp(date));
}

/** Of event time, microseconds since 1970. */
export const whenUs = (us: number, kind?: string): Child => when(new Date(us / 1000), kind);
