// REST with the operator's token.

export class Refused extends Error {
  constructor(readonly status: number, message: string) { super(message); }
}

const KEY = 'hmas.token';

/** From the address's fragment (removed at once), else from this tab's memory. */
export function takeToken(): string | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get('token');
  if (given !== null) {
    history.replaceState(null, '', location.pathname + location.search);
    sessionStorage.setItem(KEY, given);
  }
  return sessionStorage.getItem(KEY);
}

export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token);
export const forgetToken = (): void => sessionStorage.removeItem(KEY);

export class Api {
  constructor(readonly token: string) {}

  get<T>(path: string): Promise<T> { return this.ask<T>('GET', path); }

  post<T>(path: string, body?: unknown): Promise<T> { return this.ask<T>('POST', path, body); }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const answer = await fetch(`/api/v1/${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body), cache: 'no-store', signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Refused(answer.status, await reason(answer));
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }
}

async function reason(answer: Response): Promise<string> {
  try {
    const problem = (await answer.json()) as { title?: string; detail?: string };
    return problem.detail ?? problem.title ?? `the hub answered ${answer.status}`;
  } catch {
    return `the hub answered ${answer.status}`;
  }
}
