// What the page knows. Resources are fetched again when an event says that they changed, at most once a second each, and now and then anyway.

import { Api, Refused } from './api';
import type { HubEvent } from './live';
import type { Alarm, Decision, Device, DeviceDetail, Fault, ModelEntry, Opinion, Overview, Point, Quality, Question, Rollout, Telemetry, Training, TrustRole } from './types';

export interface State {
  overview: Overview; devices: Device[]; alarms: Alarm[]; questions: Question[]; training: Training[]; rollouts: Rollout[]; decisions: Decision[];
  opinions: Opinion[]; quality: Quality[]; faults: Fault[]; models: ModelEntry[]; trust: TrustRole[]; detail: DeviceDetail;
}
export type Resource = keyof State;

const PATHS: Record<Exclude<Resource, 'detail'>, string> = {
  overview: 'overview', devices: 'devices', alarms: 'alarms?open=true&limit=100', questions: 'label-queue?limit=100', training: 'training', rollouts: 'rollouts', decisions: 'decisions?limit=40',
  opinions: 'opinions?limit=200', quality: 'data-quality', faults: 'pump/faults', models: 'models', trust: 'trust',
};
const TOUCHED: Record<string, Resource[]> = {
  ReportedStateChanged: ['devices', 'detail'], PresenceChanged: ['devices', 'overview'], AlarmChanged: ['alarms', 'overview', 'detail'], LabelsAdded: ['alarms', 'questions', 'overview'],
  TrainingProgressed: ['training', 'overview'], ModelRegistered: ['models', 'overview'], RolloutTransitioned: ['rollouts', 'overview', 'devices'], SlotReported: ['rollouts', 'devices'],
  EvidenceReported: ['rollouts'], AgentDecided: ['decisions', 'overview'], FactsStored: ['overview'], TelemetryReceived: ['overview'],
};
const LEAST_MS = 1_000;
const ANYWAY_MS = 15_000;
const KEPT_POINTS = 1_200;
const RECENT_POINTS = 90;
const PREFETCHED = 24;

export class Store {
  readonly state: Partial<State> = {};
  readonly failed = new Map<Resource, string>();
  readonly recent = new Map<string, Point[]>();
  telemetry: Telemetry | null = null;
  selected: string | null = null;

  private readonly waiting = new Map<Resource, number>();
  private readonly fetched = new Map<Resource, number>();
  private readonly changes = new Map<Resource, number>();

  constructor(readonly api: Api, private readonly onChange: (what: Resource) => void, private readonly onPoints: (deviceId: string, isNewRun: boolean) => void, private readonly onSignedOut: () => void) {}

  async start(): Promise<void> {
    await Promise.all((Object.keys(PATHS) as Resource[]).map(what => this.fetch(what)));
    await Promise.all((this.state.devices ?? []).slice(0, PREFETCHED).map(device => this.fetchRecent(device.deviceId)));
    this.onChange('devices');
    setInterval(() => this.all(), ANYWAY_MS);
  }

  all(): void {
    for (const what of Object.keys(PATHS) as Resource[]) this.soon(what);
    if (this.selected) this.soon('detail');
  }

  /** Shows another device: its detail and the points so far. */
  async select(deviceId: string): Promise<void> {
    this.selected = deviceId;
    this.telemetry = null;
    delete this.state.detail;
    this.onChange('devices');
    this.onPoints(deviceId, true);
    await Promise.all([this.fetch('detail'), this.fetchTelemetry(deviceId)]);
  }

  happened(event: HubEvent): void {
    if (event.type === 'TelemetryReceived') this.addPoints(event as unknown as { deviceId: string; batch: { runId: string; points: Point[] } });
    if (event.type === 'Dropped') {
      this.all();
      if (this.selected) void this.fetchTelemetry(this.selected);
    }
    for (const what of TOUCHED[event.type] ?? []) this.soon(what);
  }

  soon(what: Resource): void {
    if (this.waiting.has(what)) return;
    const wait = Math.max(50, LEAST_MS - (Date.now() - (this.fetched.get(what) ?? 0)));
    this.waiting.set(what, window.setTimeout(() => { this.waiting.delete(what); void this.fetch(what); }, wait));
  }

  /** What the hub has taken from a person holds at once: an answer of the hub that was asked for before is older, and left. */
  change<K extends Resource>(what: K, value: State[K]): void {
    this.state[what] = value;
    this.changes.set(what, this.changesOf(what) + 1);
  }

  async fetch(what: Resource): Promise<void> {
    this.fetched.set(what, Date.now());
    const selected = this.selected;
    const changes = this.changesOf(what);
    try {
      if (what === 'detail') {
        if (!selected) return;
        const detail = await this.api.get<DeviceDetail>(`devices/${encodeURIComponent(selected)}`);
        if (selected === this.selected) this.state.detail = detail;
      } else {
        const answer = await this.api.get<never>(PATHS[what]);
        if (changes !== this.changesOf(what)) return this.soon(what);
        this.state[what] = answer;
        if (what === 'devices') this.nameChannels();
      }
      this.failed.delete(what);
    } catch (e) {
      if (e instanceof Refused && (e.status === 401 || e.status === 403)) return this.onSignedOut();
      this.failed.set(what, e instanceof Refused ? e.message : 'the hub does not answer');
    }
    this.onChange(what);
  }

  private changesOf(what: Resource): number { return this.changes.get(what) ?? 0; }

  /** A device may stream before the page knows what its channels are called. */
  private nameChannels(): void {
    if (!this.telemetry || this.telemetry.channels.length > 0) return;
    const channels = this.state.devices?.find(device => device.deviceId === this.telemetry!.deviceId)?.reported?.channels ?? [];
    if (channels.length === 0) return;
    this.telemetry.channels = channels;
    this.onPoints(this.telemetry.deviceId, true);
  }

  private async fetchTelemetry(deviceId: string): Promise<void> {
    try {
      const telemetry = await this.api.get<Telemetry>(`devices/${encodeURIComponent(deviceId)}/telemetry?limit=${KEPT_POINTS}`);
      if (deviceId !== this.selected) return;
      const last = telemetry.points.at(-1)?.timestampUs ?? 0;
      const since = this.telemetry?.runId === telemetry.runId ? (this.telemetry?.points.filter(p => p.timestampUs > last) ?? []) : [];
      this.telemetry = { ...telemetry, points: [...telemetry.points, ...since] };
      this.onPoints(deviceId, true);
    } catch {
      // The device section says that the hub does not answer; live points still arrive.
    }
  }

  /** The last points of a device for its line in the list, unless live ones came first. */
  private async fetchRecent(deviceId: string): Promise<void> {
    try {
      const telemetry = await this.api.get<Telemetry>(`devices/${encodeURIComponent(deviceId)}/telemetry?limit=${RECENT_POINTS}`);
      const since = this.recent.get(deviceId) ?? [];
      const first = since[0]?.timestampUs ?? Infinity;
      this.recent.set(deviceId, [...telemetry.points.filter(point => point.timestampUs < first), ...since].slice(-RECENT_POINTS));
    } catch {
      // The line stays empty until the device streams.
    }
  }

  private addPoints(event: { deviceId: string; batch: { runId: string; points: Point[] } }): void {
    const { deviceId, batch } = event;
    const recent = this.recent.get(deviceId) ?? [];
    recent.push(...batch.points);
    this.recent.set(deviceId, recent.slice(-RECENT_POINTS));
    if (deviceId !== this.selected) return this.onPoints(deviceId, false);
    const isNewRun = !this.telemetry || this.telemetry.runId !== batch.runId;
    if (isNewRun) {
      const channels = this.telemetry?.channels.length ? this.telemetry.channels : (this.state.devices?.find(d => d.deviceId === deviceId)?.reported?.channels ?? []);
      this.telemetry = { deviceId, runId: batch.runId, channels, points: [] };
    }
    const points = this.telemetry!.points;
    const last = points.at(-1)?.timestampUs ?? -Infinity;
    points.push(...batch.points.filter(p => p.timestampUs > last));
    if (points.length > KEPT_POINTS) points.splice(0, points.length - KEPT_POINTS);
    this.onPoints(deviceId, isNewRun);
  }
}
