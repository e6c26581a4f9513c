import type { SessionInfo } from '../wire.ts';
import { ask, reasonOf } from './api.ts';
import { h } from './dom.ts';

/** Asks for user and password until they are right. */
export function showLogin(place: HTMLElement): Promise<SessionInfo> {
  const user = h('input', {
    ...{ id: 'user', name: 'username', type: 'text', autocomplete: 'username' },
    ...{ required: true, maxlength: 64, autocapitalize: 'none', spellcheck: 'false' },
  });
  const password = h('input', {
    ...{ id: 'password', name: 'password', type: 'password', required: true },
    ...{ autocomplete: 'current-password', maxlength: 1000 },
  });
  const problem = h('p', { class: 'refusal', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'button primary' }, 'Log in');
  return new Promise((resolve) => {
    const submit = async (event: Event) => {
      event.preventDefault();
      button.disabled = true;
      problem.textContent = '';
      try {
        const body = { user: user.value, password: password.value };
        resolve(await ask<SessionInfo>('POST', '/api/login', { body }));
      } catch (error) {
        problem.textContent = reasonOf(error);
        password.value = '';
        password.focus();
      } finally {
        button.disabled = false;
      }
    };
    const form = h(
      'form',
      {
        class: 'login',
        onsubmit: (event) => void submit(event),
        'aria-labelledby': 'login-title',
      },
      h('img', { src: '/icon.svg', alt: '', width: 40, height: 40 }),
      h('h1', { id: 'login-title' }, 'l4director'),
      h('label', { for: 'user' }, 'User'),
      user,
      h('label', { for: 'password' }, 'Password'),
      password,
      problem,
      button,
    );
    place.replaceChildren(h('main', { class: 'door' }, form));
    user.focus();
  });
}
