import type { CheckType, CheckWord } from '../../model/virtual-service.ts';
import { translatePattern } from '../pattern.ts';
import { SERVICE_NAMES } from '../services.ts';
import {
  digits,
  expected,
  noteEnd,
  oneOf,
  quoted,
  quotedOrRest,
  type ValueParser,
} from '../values.ts';
import type { Directive } from './directive.ts';

const CHECK_WORDS: readonly CheckWord[] = [
  'connect',
  'negotiate',
  'ping',
  'off',
  'on',
  'external',
  'external-perl',
];
const checkWord = oneOf(CHECK_WORDS, { run: /[A-Za-z0-9_-]+/ });
const combined = digits('a number', '3', { zero: 'allowed' });

/** Digits anywhere win over words: `http2` is the combined check with 2 connects. */
const checktype: ValueParser<CheckType> = (value, note) => {
  const found = /\d/.test(value) ? combined(value, note) : undefined;
  return found ?? checkWord(value, note);
};

const checkport: ValueParser<number> = (value, note) => {
  const number = portDigits(value, note) ?? 0;
  return number >= 1 && number <= 65_535 ? number : expected(PORT, '8080');
};
const PORT = 'a port number, 1 to 65535';
const portDigits = digits(PORT, '8080', { zero: 'allowed' });

const request: ValueParser<string> = (value, note) => {
  const text = quoted('a request', 'index.html')(value, note);
  return text.startsWith('/') ? text : `/${text}`;
};

/** Everything up to the first quote, one in front of it left out; may be empty. */
const virtualhost: ValueParser<string> = (value, note) => {
  const [whole = '', host = ''] = /^"?([^"]*)"?/.exec(value) ?? [];
  if (!value.startsWith('"')) noteEnd(host, note);
  if (/[^ \t\r]/.test(value.slice(whole.length))) note(`only "${host}" of it is taken`);
  return host;
};

const load: ValueParser<string> = (value, note) => {
  const text = quoted('a word', 'word')(value, note);
  const word = /[A-Za-z0-9_]+/.exec(text)?.[0];
  note('load has no effect');
  return word ?? expected('a word in double quotes', '"word"');
};

/** How a virtual service's real servers are checked. */
export const CHECKING = {
  checktype: {
    scope: 'section',
    syntax:
      'connect | negotiate | ping | external | external-perl | on | off | <number>',
    parse: checktype,
    default: 'negotiate',
    doc: 'Kind of check. A number N: one negotiate, then N connects, and so on.',
  },
  service: {
    scope: 'section',
    syntax: SERVICE_NAMES.join(' | '),
    parse: oneOf(SERVICE_NAMES),
    default: "by the virtual service's port, else none",
    doc: 'What a negotiate check speaks.',
  },
  checkcommand: {
    scope: 'section',
    syntax: '"<program>" | <program>',
    parse: quotedOrRest('a program', '/usr/local/bin/check'),
    default: '/bin/true',
    doc: 'Program of an external check.',
  },
  checkport: {
    scope: 'section',
    syntax: '<port>',
    parse: checkport,
    default: "the real server's port",
    doc: 'Port that is checked.',
  },
  request: {
    scope: 'section',
    syntax: '"<text>"',
    parse: request,
    default: '"/"',
    doc: 'What a negotiate check asks for: a path, a query, a name.',
  },
  receive: {
    scope: 'section',
    syntax: '"<regular expression>"',
    parse: (value, note) => {
      const text = quoted('a regular expression', 'Test Page')(value, note);
      return translatePattern(text, note);
    },
    default: '""',
    doc: "What the answer must match, in Perl's syntax.",
  },
  httpmethod: {
    scope: 'section',
    syntax: 'GET | HEAD',
    parse: oneOf(['GET', 'HEAD'] as const, { fold: true }),
    default: 'GET',
    doc: 'Method of an http check.',
  },
  virtualhost: {
    scope: 'section',
    syntax: '"<name>" | <name>',
    parse: virtualhost,
    default: 'none',
    doc: 'Host header of an http check.',
  },
  login: {
    scope: 'section',
    syntax: '"<name>"',
    parse: quoted('a login', 'anonymous'),
    default: 'ftp: anonymous; sip: ldirectord@HOSTNAME; else ""',
    secret: true,
    doc: 'Login of a negotiate check.',
  },
  passwd: {
    scope: 'section',
    syntax: '"<password>"',
    parse: quoted('a password', 'password'),
    default: 'ftp: ldirectord@HOSTNAME; else ""',
    secret: true,
    doc: 'Password of a negotiate check.',
  },
  database: {
    scope: 'section',
    syntax: '"<name>"',
    parse: quoted('the name of a database', 'shop'),
    default: '""',
    doc: 'Database of a mysql, pgsql or oracle check.',
  },
  secret: {
    scope: 'section',
    syntax: '"<text>"',
    parse: quoted('a secret', 'secret'),
    default: '""',
    secret: true,
    doc: 'Shared secret of a radius check.',
  },
  load: {
    scope: 'section',
    syntax: '"<word>"',
    parse: load,
    default: 'none',
    doc: 'Accepted by ldirectord and used nowhere.',
  },
} as const satisfies Record<string, Directive<unknown>>;
