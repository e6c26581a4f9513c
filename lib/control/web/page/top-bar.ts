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
  const lamp = createLamp();
  const title = h(
    'div',
    { class: 'title' },
    h('h1', {}, 'l4director'),
    h('p', { class: 'where' }, config.node),
  );
  const leave = { type: 'button', class: 'button quiet', onclick: logout };
  const element = h(
    'header',
    { class: 'top' },
    h('a', { class: 'skip', href: '#main' }, 'Skip to the services'),
    h('img', { src: '/icon.svg', alt: '', width: 28, height: 28 }),
    title,
    lamp.element,
    h('span', { class: 'version' }, version.node),
    themeButton(),
    session.user === null ? undefined : h('span', { class: 'who' }, session.user),
    logout && h('button', leave, 'Log out'),
  );
  return {
    element,
    head(head) {
      config.set(head.config);
      version.set(head.version);
    },
    connected: lamp.set,
  };
}

/** Whether what is to be seen is so now. */
function createLamp() {
  const state = liveText();
  let last = new Date();
  const element = h(
    'p',
    { class: 'live', role: 'status', 'data-live': 'waiting' },
    h('span', { class: 'lamp', 'aria-hidden': 'true' }),
    h('span', {}, state.node),
  );
  state.set('Connecting ...');
  return {
    element,
    set(is: boolean): void {
      if (is) last = new Date();
      setAttribute(element, 'data-live', is ? 'yes' : 'lost');
      const lost = `Connection to the director lost at ${timeOfDay(last)}; trying again ...`;
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
