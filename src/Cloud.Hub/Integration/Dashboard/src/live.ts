// The event stream: reconnects with full jitter, and knows when it was last alive.

export type HubEvent = { type: string } & Record<string, unknown>;
export type Liveness = 'connecting' | 'live' | 'stale';

const SILENT_MS = 12_000; // the hub speaks at least every 5 s
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export class Live {
  private socket: WebSocket | null = null;
  private attempts = 0;
  private heard = 0;
  private retry = 0;
  private ended = false;
  private state: Liveness = 'connecting';

  constructor(private readonly token: string, private readonly onEvent: (event: HubEvent) => void, private readonly onLiveness: (state: Liveness, heard: number) => void) {
    this.connect();
    setInterval(() => this.look(), 1_000);
  }

  stop(): void {
    this.ended = true;
    clearTimeout(this.retry);
    this.socket?.close();
  }

  private connect(): void {
    const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/events`;
    const socket = new WebSocket(address, ['hmas', `bearer.${this.token}`]);
    this.socket = socket;
    socket.onmessage = message => {
      this.heard = Date.now();
      this.attempts = 0;
      this.become('live');
      this.onEvent(JSON.parse(message.data as string) as HubEvent);
    };
    socket.onclose = () => {
      if (this.ended || this.socket !== socket) return;
      this.become(this.heard === 0 ? 'connecting' : 'stale');
      const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts++);
      this.retry = window.setTimeout(() => this.connect(), FIRST_WAIT_MS / 2 + Math.random() * most);
    };
  }

  private look(): void {
    if (this.ended) return;
    if (this.state === 'live' && Date.now() - this.heard > SILENT_MS) {
      this.become('stale');
      this.socket?.close();
    } else {
      this.onLiveness(this.state, this.heard);
    }
  }

  private become(state: Liveness): void {
    this.state = state;
    this.onLiveness(state, this.heard);
  }
}
