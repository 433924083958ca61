import 'uplot/dist/uPlot.min.css';
import '../styles/tokens.css';
import '../styles/frame.css';
import '../styles/bench.css';
import '../styles/proof.css';

import { Answers } from './answers';
import { Api, Refused, forgetToken, keepToken, takeToken } from './api';
import { DeviceView } from './device-view';
import { h, replace } from './dom';
import { Live, type Liveness } from './live';
import { page } from './page';
import { QuestionView } from './question-view';
import { decisions, glance, models, opinions } from './sections/agents';
import { alarms } from './sections/alarms';
import { devices } from './sections/devices';
import { learning } from './sections/learning';
import { loop } from './sections/loop';
import { rollouts } from './sections/rollouts';
import { trust, warnings } from './sections/trust';
import { signIn } from './sign-in';
import { Store, type Resource } from './store';
import { applyTheme, nextTheme, onTheme, theme } from './theme';
import type { Alarm } from './types';

const POINTS_MS = 200;
const LIST_MS = 1_000;
/** For who hears the page: once a change, not once a second. */
const SAID: Record<Liveness, string> = { connecting: 'connecting', live: 'live', stale: 'stale: the hub is not heard' };
const root = document.getElementById('app')!;
applyTheme();
void open(takeToken());

/** Null when the hub takes the token; else what to tell the person. */
async function refusal(token: string): Promise<string | null> {
  try {
    await new Api(token).get('sites');
    return null;
  } catch (e) {
    if (!(e instanceof Refused)) return 'The hub does not answer. Is it running?';
    return e.status === 401 || e.status === 403 ? 'The hub does not take this token.' : e.status === 429 ? 'Too many wrong tokens. Wait a minute.' : null;
  }
}

async function open(token: string | null): Promise<void> {
  const said = token ? await refusal(token) : null;
  if (!token || said !== null) {
    token = await signIn(root, said, refusal);
    keepToken(token);
  }
  run(token);
}

function run(token: string): void {
  const rooms = page(root, () => { nextTheme(); repaint(); });
  const answers = new Answers();
  const store = new Store(new Api(token), render, pointsCame, signedOut);
  const device = new DeviceView(rooms, store);
  const question = new QuestionView(rooms, store, answers);
  const live = new Live(token, event => store.happened(event), mark);
  let pointsDue = 0;
  let listedAt = 0;
  let failureTold = '';
  let dueTold: string | null = null;

  /** What is drawn anew when the hub's answer to one of these is another. */
  const drawn: [of: readonly Resource[], draw: () => void][] = [
    [['overview'], () => replace(rooms.loop, loop(store.state.overview))],
    [['devices', 'overview'], () => replace(rooms.fleet, glance(store))],
    [['devices', 'overview', 'alarms', 'models'], () => replace(rooms.devices, devices(store, select))],
    [['devices', 'models', 'detail'], () => device.render()],
    [['alarms', 'faults'], renderAlarms],
    [['rollouts', 'models'], () => replace(rooms.rollouts, rollouts(store))],
    [['training'], () => replace(rooms.learning, learning(store))],
    [['questions'], () => question.render()],
    [['decisions'], () => replace(rooms.decisions, decisions(store))],
    [['opinions', 'quality'], () => replace(rooms.opinions, opinions(store))],
    [['models', 'overview'], () => replace(rooms.models, models(store))],
    [['trust'], renderTrust],
  ];

  onTheme(repaint);
  nameTheme();
  for (const [, draw] of drawn) draw();
  void store.start();

  function render(what: Resource): void {
    tellFailures();
    if (what === 'devices') {
      rooms.bench.classList.toggle('none', store.state.devices?.length === 0);
      if (chooseFirst()) return;
    }

    for (const [of, draw] of drawn) if (of.includes(what)) draw();
  }

  /** Said once, however often it is drawn: it is read out. */
  function tellFailures(): void {
    const failures = [...new Set(store.failed.values())];
    const told = failures.length ? `${failures.join(' · ')}. Trying again.` : '';
    rooms.banner.hidden = !told;
    if (told !== failureTold) replace(rooms.banner, told ? [h('strong', null, 'Part of this is old. '), told] : null);
    failureTold = told;
  }

  /** Nobody has chosen a device yet: one in alarm is what a person came for. True: it was chosen, and drawn. */
  function chooseFirst(): boolean {
    if (store.selected) return false;
    const all = store.state.devices ?? [];
    const raised = store.state.alarms?.find(alarm => alarm.endedUs === undefined)?.deviceId;
    const first = all.find(known => known.deviceId === raised) ?? all.find(known => known.online) ?? all[0];
    if (first) void store.select(first.deviceId);
    return first !== undefined;
  }

  function renderAlarms(): void {
    const open = store.state.alarms?.length ?? 0;
    rooms.alarmCount.textContent = open ? `${open} open` : '';
    document.title = open ? `(${open}) HMAS` : 'HMAS';
    replace(rooms.alarms, alarms(store, (alarm, label) => void acknowledge(alarm, label), select, answers));
  }

  function renderTrust(): void {
    replace(rooms.trust, trust(store));
    const due = warnings(store);
    rooms.due.hidden = due.length === 0;
    if (due.join() !== dueTold) replace(rooms.due, h('ul', null, due.map(warning => h('li', null, warning))));
    dueTold = due.join();
  }

  function select(deviceId: string): void {
    void store.select(deviceId);
    rooms.title.scrollIntoView({ block: 'nearest' });
  }

  async function acknowledge(alarm: Alarm, label: string): Promise<void> {
    const place = store.state.alarms?.indexOf(alarm) ?? 0;
    await answers.send(alarm.alarmId, rooms.alarms, renderAlarms, async () => {
      await store.api.post(`alarms/${encodeURIComponent(alarm.alarmId)}/acknowledge`, { label });
      store.change('alarms', store.state.alarms?.filter(open => open.alarmId !== alarm.alarmId) ?? []);
    }, () => rooms.alarms.querySelector<HTMLElement>(`li:nth-child(${place + 1}) button`) ?? document.getElementById('alarms-title'));
    store.soon('alarms');
  }

  function pointsCame(deviceId: string, isNewRun: boolean): void {
    if (isNewRun && deviceId === store.selected) device.renderPoints();
    if (pointsDue) return;
    pointsDue = window.setTimeout(() => {
      pointsDue = 0;
      device.renderPoints();
      if (Date.now() - listedAt < LIST_MS) return;
      listedAt = Date.now();
      replace(rooms.devices, devices(store, select));
    }, POINTS_MS);
  }

  function mark(state: Liveness, heard: number): void {
    rooms.mark.className = `mark ${state}`;
    if (rooms.said.textContent !== SAID[state]) rooms.said.textContent = SAID[state];
    const text = state === 'stale' ? `stale for ${Math.round((Date.now() - heard) / 1000)} s` : state;
    if (rooms.mark.textContent !== text) rooms.mark.textContent = text;
    document.documentElement.classList.toggle('stale', state === 'stale');
  }

  function repaint(): void {
    nameTheme();
    device.repaint();
  }

  function nameTheme(): void {
    rooms.theme.textContent = `Theme: ${theme()}`;
    rooms.theme.setAttribute('aria-label', `Theme: ${theme()}. Change it`);
  }

  function signedOut(): void {
    live.stop();
    forgetToken();
    location.reload();
  }
}
