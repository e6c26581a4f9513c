import type { DirectorEvent, Happening } from '../model/event.ts';
import { localTime } from './local-time.ts';
import { printable } from './show-text.ts';

/** An event in one line: `2026-11-23 21:30:05 tcp:10.1.1.19:80/10.1.1.21:80 up -> down, weight 0:
 *  ECONNREFUSED`. */
export function eventLine(event: DirectorEvent): string {
  return printable(`${localTime(event.at)} ${words(event)}`);
}

function words(event: Happening): string {
  switch (event.type) {
    case 'real': {
      const message = event.message === null ? '' : `: ${event.message}`;
      return `${event.service}/${event.real} ${move(event)}, weight ${event.weight}${message}`;
    }
    case 'service':
      return `${event.service} ${move(event)}`;
    case 'change': {
      const { service, real, what } = event;
      const where = [service, real].filter((part) => part !== null).join('/');
      return `${where}${where === '' ? '' : ' '}${what} ${value(event.old)} -> ${value(event.new)} by ${event.by}`;
    }
    case 'reload':
      return event.ok ? 'reload: in force' : `reload: refused: ${event.reason ?? ''}`;
  }
}

function move({ from, to }: { from: string | null; to: string | null }): string {
  if (from === null) return `new, ${to ?? '-'}`;
  return to === null ? `${from}, no longer there` : `${from} -> ${to}`;
}

function value(of: string | number | null): string {
  return of === null ? '-' : String(of);
}
