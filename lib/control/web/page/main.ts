import type { DirectorEvent } from '../../../model/event.ts';
import type { DrainEnd, Message, SessionInfo } from '../wire.ts';
import { announce } from './announce.ts';
import { ask, Refusal, reasonOf } from './api.ts';
import { h } from './dom.ts';
import { createDrawer } from './drawer.ts';
import { plural } from './format.ts';
import { followLive } from './live.ts';
import { showLogin } from './login.ts';
import { createServiceList } from './service-list.ts';
import { fromPicture, type Known, withChanges } from './state.ts';
import { createSummary } from './summary.ts';
import { createTimeline } from './timeline.ts';
import { toast } from './toast.ts';
import { createTopBar } from './top-bar.ts';
import { eventWords } from './words.ts';

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
      place.replaceChildren(
        h(
          'p',
          { class: 'nothing', role: 'alert' },
          `${reasonOf(error)}; trying again ...`,
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
}

/** @returns when the session is over */
function showPage(place: HTMLElement, session: SessionInfo): Promise<void> {
  return new Promise((resolve) => {
    let known: Known | undefined;
    const over = () => {
      live.close();
      drawer.element.close();
      resolve();
    };
    const logout = async () => {
      await ask('POST', '/api/logout', { body: {}, session }).catch(() => undefined);
      over();
    };
    const top = createTopBar(
      session,
      session.user === null ? undefined : () => void logout(),
    );
    const summary = createSummary();
    const drawer = createDrawer(session);
    const list = createServiceList((real) => drawer.open(real));
    const timeline = createTimeline();
    const columns = h('div', { class: 'columns' }, list.element, timeline.element);
    place.replaceChildren(
      top.element,
      h('main', { id: 'main', tabindex: -1 }, summary.element, columns),
      drawer.element,
    );

    function show(next: Known, anew: boolean): void {
      known = next;
      top.head(next.head);
      summary.trouble(undefined);
      summary.update(next);
      list.update(next, anew);
      const shown = drawer.shown;
      const now = shown && next.services.get(shown.service)?.reals.get(shown.status.id);
      if (now) drawer.update(now);
      else if (shown) drawer.element.close();
    }

    function take(message: Message): void {
      switch (message.type) {
        case 'picture':
          timeline.replace(message.events);
          return show(fromPicture(message.picture, known), true);
        case 'changes':
          return known && show(withChanges(known, message.changes), false);
        case 'event':
          timeline.add(message.event);
          return announce(spoken(message.event));
        case 'drained':
          return tellDrained(message.drained);
        case 'trouble':
          return summary.trouble(message.message);
      }
    }

    const live = followLive({
      message: take,
      connected(is) {
        top.connected(is);
        place.classList.toggle('stale', !is);
      },
      async refused() {
        const gone = await ask<SessionInfo>('GET', '/api/session').then(
          ({ csrf }) => csrf !== session.csrf,
          (error) => error instanceof Refusal && error.status === 401,
        );
        if (gone) over();
      },
    });
  });
}

function spoken(event: DirectorEvent): string {
  const { title, detail } = eventWords(event);
  return `${title}, ${detail}`;
}

function tellDrained({ real, problem, ended }: DrainEnd): void {
  if (problem !== null) return toast(`Drain of ${real}: ${problem}`);
  const how =
    ended === 0 ? 'all ended by themselves' : `${plural(ended, 'connection')} ended`;
  toast(`${real} is empty: ${how}`);
}

const place = document.getElementById('page');
if (place) void begin(place);
