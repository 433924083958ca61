// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (n: number): string => (Math.abs(n) < 100_000 ? whole.format(n) : short.format(n));

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

export const bytes = (n: number): string => (n < 1e6 ? `${whole.format(n / 1e3)}\u00a0kB` : n < 1e9 ? `${(n / 1e6).toFixed(n < 1e7 ? 1 : 0)}\u00a0MB` : `${(n / 1e9).toFixed(1)}\u00a0GB`);

export const percent = (share: number | null | undefined, digits = 1): string => (share === null || share === undefined || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(digits)}\u00a0%`);

/** F1: 0 to 1, as the terminal and the documents have it. */
export const score = (f1: number | null | undefined): string => (f1 == null ? '–' : f1.toFixed(3));

/** First eight hex digits of a digest. */
export const digest = (text: string | null | undefined): string => (text ? text.slice(text.indexOf(':') + 1, text.indexOf(':') + 9) : '–');

export function value(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return '–';
  const size = Math.abs(n);
  return size === 0 ? '0' : size >= 1000 ? whole.format(n) : size >= 100 ? n.toFixed(0) : size >= 10 ? n.toFixed(1) : size >= 0.1 ? n.toFixed(2) : size >= 0.001 ? n.toFixed(4) : n.toExponential(1);
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** Clock time in UTC, as every time of the page is: sites, browsers and the recordings that devices replay lie in many zones. */
export const clock = (at: Date): string => at.toISOString().slice(11, 19);

/** Clock time of today; of another day that day first, and its year when that is another one. */
export function stamp(at: Date, now = new Date()): string {
  if (at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)) return clock(at);
  const dated = at.getUTCFullYear() === now.getUTCFullYear() ? day : dayAndYear;
  return `${dated.format(at)} ${clock(at)}`;
}

/** Day and clock time, with the zone. */
export const moment = (iso: string): string => `${dayAndYear.format(new Date(iso))}, ${clock(new Date(iso)).slice(0, 5)} UTC`;

/** Event time, as the device's clock had it. */
export const eventTime = (us: number): string => clock(new Date(us / 1000));

export function span(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))}\u00a0s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min\u00a0${Math.floor(seconds % 60)}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}\u00a0h\u00a0${minutes % 60}\u00a0min`;
}

/** Seconds of a duration as .NET writes it, `[days.]hh:mm:ss`. */
export function seconds(duration: string): number {
  const [, days, hours, minutes, rest] = /^(?:(\d+)\.)?(\d+):(\d+):([\d.]+)$/.exec(duration) ?? [];
  return Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0);
}

export function ago(iso: string | undefined, now = Date.now()): string {
  return iso ? `${span((now - Date.parse(iso)) / 1000)} ago` : '';
}

/** SenML units as people write them. */
export const unit = (senml: string): string => ({ Cel: '°C', 'm/s2': 'm/s²', '%RH': '% RH' })[senml] ?? senml;

export const words = (camel: string): string => camel.replace(/[-_]/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
