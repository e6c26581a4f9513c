import { domainToASCII } from 'node:url';
import { hostPattern } from '../model/host-name.ts';
import type { SniRoute } from '../model/virtual-service.ts';
import { expected } from './values.ts';

// What keys about routing by names may be.

const EXAMPLE =
  'www.example.com example.com 10.1.1.19:8443, *.example.org 10.1.1.19:9443';
const MOST_NAMES = 2048;
const TARGET = /^(?:tcp:)?((?:\[[\da-fA-F:.]+\]|\d[\d.]*):\d{1,5})$/;

/** Names, and the service that they lead to; such groups with commas between. None for `no`. */
export function sniRoutes(text: string): readonly SniRoute[] {
  if (text === 'no') return [];
  const routes = text.split(',').flatMap((group) => groupOf(group.trim()));
  if (routes.length > MOST_NAMES) expected(`at most ${MOST_NAMES} names`, EXAMPLE);
  const seen = new Set<string>();
  for (const { name } of routes) {
    if (seen.has(name)) expected(`each name once, and ${name} is there twice`, EXAMPLE);
    seen.add(name);
  }
  return routes;
}

function groupOf(group: string): readonly SniRoute[] {
  const words = group.split(/\s+/);
  const [, place] = TARGET.exec(words.pop() ?? '') ?? [];
  if (place === undefined || words.length === 0)
    return expected(
      'no, or names and behind them the virtual service that they lead to, with commas between such groups',
      EXAMPLE,
    );
  return words.map((word) => ({ name: nameOf(word), service: `tcp:${place}` }));
}

function nameOf(word: string): string {
  const name = hostPattern(word);
  if (name !== undefined) return name;
  const labels = domainToASCII(word.replace(/^\*\./, ''));
  const isForeign = /[^\0-\x7f]/.test(word) && hostPattern(labels) !== undefined;
  if (isForeign)
    return expected(
      `${word} as clients send it`,
      (word.startsWith('*.') ? '*.' : '') + labels,
    );
  return expected(
    `a name, or one with * for its first label alone, and not ${word}`,
    EXAMPLE,
  );
}

/** Whom no name of the list fits is served by the service's own servers, or reset. */
export function sniDefault(text: string): 'serve' | 'refuse' {
  return text === 'serve' || text === 'refuse'
    ? text
    : expected('serve or refuse', 'refuse');
}
