// The hub's answers as far as this page reads them (OpenAPI: /openapi/v1.json). Everything that is a text may come from a device: it is shown as text, never as markup.

export interface Channel { name: string; unit: string }
export interface Point { timestampUs: number; values: (number | null)[]; score?: number | null; threshold?: number | null; alarm: boolean }
export interface Telemetry { deviceId: string; runId?: string; channels: Channel[]; points: Point[] }

export interface Reported {
  agentVersion: string; activeDigest?: string; standbyDigest?: string; slotState: string; refusal?: string; runId?: string;
  calibrated: boolean; samplingBoost: number; channels: Channel[]; rateHz: number;
  counters: { samples: number; droppedSamples: number; windows: number; alarmWindows: number; factsProduced: number; factsAcknowledged: number; residentBytes: number };
}
export interface Device { siteId: string; deviceId: string; online: boolean; lastSeen?: string; reported?: Reported }
export interface Advice { fault: string; confidence: number; reasons: string[]; advice: string }
export interface Opinion { deviceId: string; runId: string; endUs: number; teacherScore: number; deviceAlarm: boolean; agrees: boolean }
export interface Quality { deviceId: string; verdict: string; missingShare: number; stuckShare: number; outOfRangeShare: number; windows: number; explanation: string }
export interface DeviceDetail extends Device { advice?: Advice; opinions: Opinion[]; quality?: Quality }

export interface Stage { stage: string; state: 'idle' | 'busy' | 'done' | 'failed'; detail: string; at?: string }
export interface Site { siteId: string; devices: number; online: number; anomalous: number; samplingBoost: number; incident?: string }
export interface ModelInUse { digest: string; name?: string; release?: number; devices: number }
export interface Overview {
  sites: Site[]; models: ModelInUse[]; openAlarms: number;
  archive: { facts: number; experiences: number; repeats: number; gaps: number; evicted: number; bytes: number };
  loop: Stage[];
}

export interface Alarm {
  alarmId: string; siteId: string; deviceId: string; endedUs?: number; label?: string; acknowledgedBy?: string;
  raised: { runId: string; ruleId: string; severity: string; timestampUs: number; score?: number; threshold?: number; reasons: string[] };
}

export interface Question {
  id: number; deviceId: string; runId: string; fromUs: number; toUs: number; uncertainty: number; said: string; names: string[]; state: string; channels: string[]; window: number[];
}

export interface Slice { rows: number; f1?: number; falseAlarmRate?: number; missedAlarmRate?: number }
export interface Training {
  runId: string; request: { modelName: string; recipe: string; requestedBy: string; parentDigest?: string };
  state: string; progress: number; message: string; candidateDigest?: string; trainingWindows: number; lossCurve: number[];
  parentMetrics: Record<string, Slice>; candidateMetrics: Record<string, Slice>; startedAt: string; endedAt?: string;
}

export interface Metric { name: string; value: number; reference?: number; limit: number; trials: number; odds: number; stopsAt: number; slice?: string; tells?: number }
export interface Evidence {
  devicesTold: number; devicesAnswered: number; devicesFailed: number; devicesUndelivered: number; devicesIdle: number; devicesSilent: number;
  devicesHealthy: number; devicesLost: number;
  windows: number; labelledNormalWindows: number; shadowWindows: number; metrics: Metric[];
}
/** Durations as .NET writes them, `[days.]hh:mm:ss`. */
export interface Gate { minimumWindows: number; minimumHealthyTime: string }
/** A time of day by the clock of the site. */
export interface MaintenanceWindow { from: string; minutes: number; timeZone: string; site?: string; days?: string[]; until?: string }
export interface RolloutDevice { deviceId: string; state?: string; answeringDigest?: string; reason?: string; touched: boolean; restored: boolean; swapMs?: number }
export interface RolloutGroup { name: string; state: string; devices: RolloutDevice[]; evidence?: Evidence }
export interface Transition { at: string; group: string; from: string; to: string; reason: string }
export interface Rollout {
  rolloutId: string; kind: string; state: string; groups: RolloutGroup[]; controlDevices: string[]; transitions: Transition[];
  request: {
    digest: string; requestedBy: string; reason: string; where?: string; gate: Gate; notBefore?: string; windows: MaintenanceWindow[]; needsApproval: boolean; continuous: boolean;
    groups: { name: string; manual: boolean }[];
  };
  startedAt: string; endedAt?: string; stoppedBy?: string; approvedBy?: string; openSince?: string;
  /** Rollouts that hold devices of this one. */
  waitsFor: string[];
}

export interface Decision { at: string; agent: string; decision: string; reason: string }
export interface Fault { name: string; description: string; advice: string }
export interface TrustRole { repository: string; role: string; version: number; expires: string; byHand: boolean; warning?: string }
export interface ModelEntry { digest: string; manifest: { name: string; release: number; precision: string }; packageBytes: number; addedAt: string; addedBy: string; quarantined: boolean }
