import type { SessionInfo } from '../wire.ts';
import { ask, Refusal, reasonOf } from './api.ts';
import { h } from './dom.ts';
import { showLogin } from './login.ts';
import { showPage } from './page.ts';

const AGAIN_MS = 2_000;

/** Asks whose session it is, and shows the page; again when the session has ended. */
async function begin(place: HTMLElement): Promise<void> {
  for (;;) {
    const session = await currentSession(place);
    await showPage(place, session);
  }
}

async function currentSession(place: HTMLElement): Promise<SessionInfo> {
  for (;;)
    try {
      return await ask<SessionInfo>('GET', '/api/session');
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return showLogin(place);
      const text = `${reasonOf(error)}; trying again ...`;
      place.replaceChildren(h('p', { class: 'nothing', role: 'alert' }, text));
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
}

const place = document.getElementById('page');
if (place) void begin(place);
