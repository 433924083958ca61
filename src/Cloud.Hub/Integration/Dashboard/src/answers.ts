// What people answer, on its way to the hub, and what came of it.

import { Refused } from './api';

const SENDING = 'sending';

export class Answers {
  private readonly came = new Map<string, string>();

  isSending(key: string): boolean { return this.came.get(key) === SENDING; }

  /** Why the hub did not take it; null while nothing went wrong. */
  refusal(key: string): string | null {
    const said = this.came.get(key);
    return said && said !== SENDING ? said : null;
  }

  /** Sends one, draws before and after, and gives the keyboard to `next` where the buttons that were pressed are gone. */
  async send(key: string, room: Element, draw: () => void, post: () => Promise<void>, next: () => HTMLElement | null): Promise<void> {
    const isHeld = room.contains(document.activeElement);
    this.came.set(key, SENDING);
    draw();
    try {
      await post();
      this.came.delete(key);
    } catch (e) {
      this.came.set(key, `Not taken: ${e instanceof Refused ? e.message : 'the hub does not answer'}`);
    }
    draw();
    if (isHeld) next()?.focus();
  }
}
