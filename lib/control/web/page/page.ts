import type { Message, SessionInfo } from '../wire.ts';
import { ask, Refusal } from './api.ts';
import { h } from './dom.ts';
import { createDrawer } from './drawer.ts';
import { followLive } from './live.ts';
import { createNews } from './news.ts';
import { createServiceList } from './service-list.ts';
import { fromPicture, type Known, withChanges } from './state.ts';
import { createSummary } from './summary.ts';
import { createTopBar, type TopBar } from './top-bar.ts';

/** What is to be seen of the director. */
interface Stage {
  readonly elements: readonly HTMLElement[];
  take(message: Message): void;
  close(): void;
}

/** Shows the page and follows the director. @returns when the session is over */
export function showPage(place: HTMLElement, session: SessionInfo): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      live.close();
      stage.close();
      resolve();
    };
    const logout = async () => {
      await ask('POST', '/api/logout', { body: {}, session }).catch(() => undefined);
      over();
    };
    const leave = session.user === null ? undefined : () => void logout();
    const top = createTopBar(session, leave);
    const stage = createStage(session, top);
    place.replaceChildren(top.element, ...stage.elements);
    const live = followLive({
      message: stage.take,
      connected(is) {
        top.connected(is);
        place.classList.toggle('stale', !is);
      },
      async refused() {
        if (await isOver(session)) over();
      },
    });
  });
}

/** The server may have begun anew, and given us another one. */
function isOver({ csrf }: SessionInfo): Promise<boolean> {
  return ask<SessionInfo>('GET', '/api/session').then(
    (now) => now.csrf !== csrf,
    (error) => error instanceof Refusal && error.status === 401,
  );
}

function createStage(session: SessionInfo, top: TopBar): Stage {
  let known: Known | undefined;
  const summary = createSummary();
  const drawer = createDrawer(session);
  const list = createServiceList((real) => drawer.open(real));
  const news = createNews();

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

  const columns = h('div', { class: 'columns' }, list.element, news.element);
  const main = h('main', { id: 'main', tabindex: -1 }, summary.element, columns);
  return {
    elements: [main, drawer.element],
    take(message) {
      news.take(message);
      if (message.type === 'picture') show(fromPicture(message.picture, known), true);
      else if (message.type === 'trouble') summary.trouble(message.message);
      else if (message.type === 'changes' && known)
        show(withChanges(known, message.changes), false);
    },
    close: () => drawer.element.close(),
  };
}
