import 'uplot/dist/uPlot.min.css';
import '../styles/tokens.css';
import '../styles/frame.css';
import '../styles/bench.css';
import '../styles/proof.css';

import { Api, Refused, forgetToken, keepToken, takeToken } from './api';
import { h, replace } from './dom';
import { unit, value } from './format';
import { Live } from './live';
import { page, type Rooms } from './page';
import { ChannelPlot } from './plots/channel';
import { ScorePlot } from './plots/score';
import { archive, decisions, models, opinions } from './sections/agents';
import { alarms } from './sections/alarms';
import { advice, facts } from './sections/device';
import { devices } from './sections/devices';
import { learning } from './sections/learning';
import { loop } from './sections/loop';
import { questions } from './sections/questions';
import { rollouts } from './sections/rollouts';
import { trust, warnings } from './sections/trust';
import { signIn } from './sign-in';
import { Store, type Resource } from './store';
import { applyTheme, nextTheme, onTheme, theme } from './theme';
import type { Alarm, Device, Point, Question } from './types';
import { whenUs } from './when';

const POINTS_MS = 200;
const LIST_MS = 1_000;
/** For who hears the page: once a change, not once a second. */
const SAID = { connecting: 'connecting', live: 'live', stale: 'stale: the hub is not heard' };
const root = document.getElementById('app')!;
applyTheme();
void open(takeToken(), null);

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

async function open(token: string | null, said: string | null): Promise<void> {
  const first = token ? await refusal(token) : said;
  if (!token || first !== null) {
    token = await signIn(root, first, refusal);
    keepToken(token);
  }
  run(token);
}

function run(token: string): void {
  const rooms = page(root, () => { nextTheme(); repaint(); });
  const answering = new Map<string, string>();
  let channelPlots: { plot: ChannelPlot; index: number; now: HTMLElement }[] = [];
  let channelsOf = '';
  let pointsDue = 0;
  let listedAt = 0;
  let failureTold = '';
  let dueTold: string | null = null;
  let shownQuestion: Question | null = null;
  let askedQuestion: number | null = null;
  const score = new ScorePlot(rooms.score, point => reading(rooms, point ?? store.telemetry?.points.at(-1) ?? null, point !== null));
  const store = new Store(new Api(token), render, pointsCame, signedOut);
  const live = new Live(token, event => store.happened(event), (state, heard) => {
    rooms.mark.className = `mark ${state}`;
    if (rooms.said.textContent !== SAID[state]) rooms.said.textContent = SAID[state];
    const text = state === 'live' ? 'live' : state === 'connecting' ? 'connecting' : `stale for ${Math.round((Date.now() - heard) / 1000)} s`;
    if (rooms.mark.textContent !== text) rooms.mark.textContent = text;
    document.documentElement.classList.toggle('stale', state === 'stale');
  });
  onTheme(repaint);
  nameTheme();
  render('overview');
  renderPoints();
  void store.start();

  function render(what: Resource): void {
    const failures = [...new Set(store.failed.values())];
    const told = failures.length ? `${failures.join(' · ')}. Trying again.` : '';
    rooms.banner.hidden = !told;
    // Said once, however often it is drawn: it is read out.
    if (told !== failureTold) replace(rooms.banner, told ? [h('strong', null, 'Part of this is old. '), told] : null);
    failureTold = told;
    if (what === 'devices' && !store.selected) {
      const raised = store.state.alarms?.find(alarm => alarm.endedUs === undefined)?.deviceId;
      const first = store.state.devices?.find(device => device.deviceId === raised) ?? store.state.devices?.find(device => device.online) ?? store.state.devices?.[0];
      if (first) return void store.select(first.deviceId);
    }

    replace(rooms.fleet, archive(store));
    if (what === 'overview') replace(rooms.loop, loop(store.state.overview));
    if (what === 'devices') rooms.bench.classList.toggle('none', store.state.devices?.length === 0);
    if (['devices', 'overview', 'alarms'].includes(what)) replace(rooms.devices, devices(store, select));
    if (['devices', 'models', 'detail'].includes(what)) renderDevice();
    if (['alarms', 'faults'].includes(what)) renderAlarms();
    if (what === 'rollouts' || what === 'models') replace(rooms.rollouts, rollouts(store));
    if (what === 'training') replace(rooms.learning, learning(store));
    if (what === 'questions') renderQuestions();
    if (what === 'decisions') replace(rooms.decisions, decisions(store));
    if (what === 'opinions' || what === 'quality') replace(rooms.opinions, opinions(store));
    if (what === 'models' || what === 'overview') replace(rooms.models, models(store));
    if (what === 'trust') {
      replace(rooms.trust, trust(store));
      const due = warnings(store);
      rooms.due.hidden = due.length === 0;
      if (due.join() !== dueTold) replace(rooms.due, h('ul', null, due.map(warning => h('li', null, warning))));
      dueTold = due.join();
    }
  }

  function chosen(): Device | undefined {
    return store.state.devices?.find(known => known.deviceId === store.selected);
  }

  function renderDevice(): void {
    const device = chosen();
    replace(rooms.title, device ? [device.deviceId, h('small', null, ` ${device.siteId}`)] : 'Device');
    replace(rooms.facts, facts(store));
    replace(rooms.advice, advice(store));
    renderPoints();
  }

  function renderAlarms(): void {
    const open = store.state.alarms?.length ?? 0;
    rooms.alarmCount.textContent = open ? `${open} open` : '';
    document.title = open ? `(${open}) HMAS` : 'HMAS';
    replace(rooms.alarms, alarms(store, (alarm, label) => void acknowledge(alarm, label), select, answering));
  }

  function select(deviceId: string): void {
    void store.select(deviceId);
    rooms.title.scrollIntoView({ block: 'nearest' });
  }

  function renderQuestions(): void {
    const first = store.state.questions?.[0];
    rooms.asked.hidden = !first;
    if (first && shownQuestion?.id !== first.id) void fetchQuestion(first.id);
    replace(rooms.questions, questions(store, shownQuestion, (question, label) => void name(question, label), first ? answering.get(`question-${first.id}`) : undefined));
  }

  async function fetchQuestion(id: number): Promise<void> {
    if (askedQuestion === id) return;
    askedQuestion = id;
    try {
      shownQuestion = await store.api.get<Question>(`label-queue/${id}`);
      renderQuestions();
    } catch {
      // The next look at the queue asks again.
      askedQuestion = null;
    }
  }

  async function name(question: Question, label: string | null): Promise<void> {
    const key = `question-${question.id}`;
    const isHeld = rooms.questions.contains(document.activeElement);
    answering.set(key, 'sending');
    renderQuestions();
    try {
      await store.api.post(`label-queue/${question.id}/${label === null ? 'skip' : 'label'}`, label === null ? undefined : { label });
      store.state.questions = store.state.questions?.filter(open => open.id !== question.id) ?? [];
      answering.delete(key);
    } catch (e) {
      answering.set(key, `Not taken: ${e instanceof Refused ? e.message : 'the hub does not answer'}`);
    }
    renderQuestions();
    if (isHeld) rooms.questions.querySelector<HTMLElement>('button')?.focus();
    store.soon('questions');
  }

  async function acknowledge(alarm: Alarm, label: string): Promise<void> {
    const isHeld = rooms.alarms.contains(document.activeElement);
    const place = store.state.alarms?.indexOf(alarm) ?? 0;
    answering.set(alarm.alarmId, 'sending');
    renderAlarms();
    try {
      await store.api.post(`alarms/${encodeURIComponent(alarm.alarmId)}/acknowledge`, { label });
      store.state.alarms = store.state.alarms?.filter(open => open.alarmId !== alarm.alarmId) ?? [];
      answering.delete(alarm.alarmId);
    } catch (e) {
      answering.set(alarm.alarmId, `Not taken: ${e instanceof Refused ? e.message : 'the hub does not answer'}`);
    }
    renderAlarms();
    // A button that is gone holds no keyboard: what took its place does.
    if (isHeld) (rooms.alarms.querySelector<HTMLElement>(`li:nth-child(${place + 1}) button`) ?? document.getElementById('alarms-title'))?.focus();
    store.soon('alarms');
  }

  function pointsCame(deviceId: string, isNewRun: boolean): void {
    if (isNewRun && deviceId === store.selected) renderPoints();
    if (pointsDue) return;
    pointsDue = window.setTimeout(() => {
      pointsDue = 0;
      renderPoints();
      if (Date.now() - listedAt < LIST_MS) return;
      listedAt = Date.now();
      replace(rooms.devices, devices(store, select));
    }, POINTS_MS);
  }

  function renderPoints(): void {
    const telemetry = store.telemetry;
    const points = telemetry?.points ?? [];
    const last = points.at(-1);
    score.show(points);
    const isScored = points.length >= 2 && points.some(p => p.score != null);
    rooms.score.hidden = !isScored;
    rooms.scoreEmpty.hidden = isScored;
    rooms.scoreEmpty.textContent = !store.selected ? 'Choose a device to see what it senses.' : points.length < 2 ? `Nothing heard from ${store.selected} yet. Points appear as soon as it streams.`
      : chosen()?.reported?.activeDigest ? 'Calibrating: it takes its first rows as healthy, then scores what follows.'
        : 'No model answers on it yet: its rules alone decide.';
    rooms.score.setAttribute('aria-label', last?.score != null ? `Anomaly score of ${store.selected}: ${value(last.score)}, threshold ${value(last.threshold)}, ${last.alarm ? 'alarm' : 'normal'}` : 'No anomaly score yet');
    rooms.score.dataset['score'] = last?.score == null ? '' : String(last.score);
    reading(rooms, last ?? null, false);

    const channels = telemetry?.channels ?? [];
    const key = `${store.selected}:${channels.map(channel => channel.name).join()}`;
    if (key !== channelsOf) {
      channelsOf = key;
      channelPlots = channels.map((_, index) => {
        const element = h('div', { class: 'plot' });
        return { plot: new ChannelPlot(element, index), index, now: h('b') };
      });
      rooms.channels.replaceChildren(...channels.map((channel, i) => h('figure', null,
        h('figcaption', null, h('span', null, channel.name), h('span', null, channelPlots[i]!.now, h('small', null, ` ${unit(channel.unit)}`))), channelPlots[i]!.plot.host)));
    }
    for (const { plot, index, now } of channelPlots) {
      plot.show(points);
      now.textContent = value(last?.values[index]);
    }
  }

  function repaint(): void {
    nameTheme();
    score.remake();
    for (const { plot } of channelPlots) plot.remake();
  }

  function nameTheme(): void {
    rooms.theme.textContent = { auto: 'Theme: auto', light: 'Theme: light', dark: 'Theme: dark' }[theme()];
    rooms.theme.setAttribute('aria-label', `Theme: ${theme()}. Change it`);
  }

  function signedOut(): void {
    live.stop();
    forgetToken();
    location.reload();
  }
}

/** The newest score in large figures, or the one under the pointer. */
function reading(rooms: Rooms, point: Point | null, isUnderPointer: boolean): void {
  if (point?.score == null) return replace(rooms.reading, h('span', { class: 'quiet' }, point ? 'no score yet' : ''));
  // A logit's threshold is 0 or below: how many times it was exceeded says nothing there.
  const against = point.threshold == null ? 'score' : point.threshold > 0 ? `${(point.score / point.threshold).toFixed(2)} × threshold` : `score, threshold ${value(point.threshold)}`;
  replace(rooms.reading, h('strong', { class: point.alarm ? 'alarm' : '' }, value(point.score)), h('span', null, against),
    h('span', null, isUnderPointer ? 'at ' : '', whenUs(point.timestampUs)));
}
