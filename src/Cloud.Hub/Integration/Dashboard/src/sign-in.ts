// Asks for the operator's token once.

import { h } from './dom';

/** Resolves with a token that the hub took. */
export function signIn(root: HTMLElement, said: string | null, isTaken: (token: string) => Promise<string | null>): Promise<string> {
  return new Promise(resolve => {
    const input = h('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'where said' });
    const message = h('p', { id: 'said', class: 'note bad', role: 'alert' }, said ?? '');
    const button = h('button', { type: 'submit', class: 'primary' }, 'Open');
    const form = h('form', { class: 'sign-in', onSubmit: event => { event.preventDefault(); void attempt(); } },
      h('h1', null, 'HMAS'), h('p', { class: 'lead' }, 'The fleet, its models, and why they changed.'),
      h('label', { for: 'token' }, 'Operator token'), input,
      h('p', { id: 'where', class: 'quiet' }, 'It is in the file ', h('code', null, 'operator.token'), ' of the hub’s data folder. It stays in this tab and ends with it.'),
      message, button);

    const attempt = async (): Promise<void> => {
      button.disabled = true;
      const refusal = await isTaken(input.value.trim());
      button.disabled = false;
      if (refusal === null) return resolve(input.value.trim());
      message.textContent = refusal;
      input.select();
    };
    root.replaceChildren(h('main', { class: 'door' }, form));
    input.focus();
  });
}
