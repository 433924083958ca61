// Until when what devices trust still holds, and what people must do before it does not.

import { h, type Child } from '../dom';
import { moment, span, words } from '../format';
import type { Store } from '../store';

const DAY_S = 86_400;

export function trust(store: Store, now = Date.now()): Child {
  const roles = store.state.trust;
  if (!roles) return h('p', { class: 'empty' }, store.failed.get('trust') ?? 'Asking the hub …');
  if (roles.length === 0) return h('p', { class: 'empty' }, 'Nothing is signed yet.');
  return h('table', { class: 'trust' },
    h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Role'), h('th', { scope: 'col' }, 'Signed by'), h('th', { scope: 'col' }, 'Holds for'))),
    h('tbody', null, roles.map(role => h('tr', { class: role.warning ? 'due' : '' },
      h('th', { scope: 'row' }, `${words(role.repository)} ${role.role}`, h('small', null, ` ${role.version}`)),
      h('td', null, role.byHand ? 'keepers' : 'this hub'),
      h('td', { class: 'number', title: `until ${moment(role.expires)}` }, left((Date.parse(role.expires) - now) / 1000))))));
}

/** What somebody must act on, above everything else. */
export function warnings(store: Store): string[] {
  return store.state.trust?.flatMap(role => role.warning ?? []) ?? [];
}

const left = (seconds: number): string => (seconds <= 0 ? 'expired' : seconds < 2 * DAY_S ? span(seconds) : `${Math.floor(seconds / DAY_S)} days`);
