import type { Head, SessionInfo } from '../wire.ts';
import { h, liveText, setAttribute } from './dom.ts';
import { timeOfDay } from './format.ts';
import { nextTheme, setTheme, theme } from './theme.ts';

/** What stands above everything: whose page it is, whether it lives, who looks. */
export interface TopBar {
  readonly element: HTMLElement;
  head(head: Head): void;
  connected(is: boolean): void;
}

/** @param logout  undefined: there is nobody to log out */
export function createTopBar(
  session: SessionInfo,
  logout: (() => void) | undefined,
): TopBar {
  const config = liveText();
  const version = liveText();
  const state = liveText();
  const live = h(
    'p',
    { class: 'live', role: 'status', 'data-live': 'waiting' },
    h('span', { class: 'lamp', 'aria-hidden': 'true' }),
    h('span', {}, state.node),
  );
  state.set('Connecting ...');
  let since = new Date();
  const who = session.user === null ? [] : [h('span', { class: 'who' }, session.user)];
  const leave = logout
    ? [
        h(
          'button',
          { type: 'button', class: 'button quiet', onclick: logout },
          'Log out',
        ),
      ]
    : [];
  const element = h(
    'header',
    { class: 'top' },
    h('a', { class: 'skip', href: '#main' }, 'Skip to the services'),
    h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }),
    h(
      'div',
      { class: 'title' },
      h('h1', {}, 'l4director'),
      h('p', { class: 'where' }, config.node),
    ),
    live,
    h('span', { class: 'version' }, version.node),
    themeButton(),
    ...who,
    ...leave,
  );
  return {
    element,
    head(head) {
      config.set(head.config);
      version.set(head.version);
    },
    connected(is) {
      const lost = `Connection to the director lost at ${timeOfDay(since)}; trying again ...`;
      if (is) since = new Date();
      setAttribute(live, 'data-live', is ? 'yes' : 'lost');
      state.set(is ? 'Live' : lost);
    },
  };
}

function themeButton(): HTMLElement {
  const words = { auto: 'Auto', light: 'Light', dark: 'Dark' };
  const text = liveText();
  text.set(words[theme()]);
  return h(
    'button',
    {
      ...{ type: 'button', class: 'button quiet theme' },
      onclick: () => {
        const next = nextTheme(theme());
        setTheme(next);
        text.set(words[next]);
      },
    },
    h('span', { class: 'unseen' }, 'Colours: '),
    h('span', { class: 'half', 'aria-hidden': 'true' }),
    text.node,
  );
}
