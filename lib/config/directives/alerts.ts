import { nearest } from '../../model/nearest.ts';
import { expected, noteEnd, rest, type ValueParser } from '../values.ts';
import type { Directive } from './directive.ts';

/** States of the daemon in which alerts may be sent, in the order in which they are reported. */
export const ALERT_STATES = ['starting', 'running', 'stopping', 'reloading'] as const;
type AlertState = (typeof ALERT_STATES)[number];

/** ldirectord takes one pair of quotes off, if they hold the whole value and no third. */
const address: ValueParser<string> = (value, note) => {
  const bare = /^"([^"]*)"$/.exec(value)?.[1] ?? value;
  if (bare === '') return expected('an e-mail address', 'root@localhost');
  noteEnd(bare, note);
  return bare;
};

const frequency: ValueParser<number> = (value, note) => {
  const found = /^\d+/.exec(value)?.[0];
  if (found === undefined) return expected('whole seconds, 0 or more', '3600');
  if (!/^[ \t\r]*(#.*)?$/s.test(value.slice(found.length)))
    note(`only its digits count: it is taken as ${Number(found)}`);
  return Number(found);
};

const STATUS_WORDS = ['all', 'none', ...ALERT_STATES];

const states: ValueParser<readonly AlertState[]> = (value) => {
  const words = value.split(/[ \t\r\v\f]*,[ \t\r\v\f]*/);
  while (words.at(-1) === '') words.pop();
  for (const word of words.filter((word) => !STATUS_WORDS.includes(word))) {
    const near = nearest(word, STATUS_WORDS);
    expected(
      `${STATUS_WORDS.join(', ')}, separated by commas`,
      'starting,running',
      `; "${word}" is none of them${near ? `, did you mean "${near}"?` : ''}`,
    );
  }
  const named = words.filter((word) => word !== 'none');
  if (named.length > 0 && named.length < words.length)
    expected('"none" alone, or other words without it', 'none');
  return ALERT_STATES.filter((state) => named.includes('all') || named.includes(state));
};

const host: ValueParser<string> = (value, note) => {
  const found = /^[0-9A-Za-z._+-]+/.exec(value)?.[0];
  if (found === undefined)
    return expected('the name of a mail server', 'mail.example.com');
  if (!/^[ \t\r]*(#.*)?$/s.test(value.slice(found.length)))
    note(`only "${found}" of it is taken`);
  return found;
};

/** Who is told when something changes. */
export const ALERTS = {
  emailalert: {
    scope: 'both',
    syntax: '<address>[, <address> ...]',
    parse: address,
    default: '""',
    doc: 'Who gets a mail when a real server goes down or comes back.',
  },
  emailalertfrom: {
    scope: 'global',
    syntax: '<address>',
    parse: rest('an e-mail address', 'ldirectord@example.com'),
    default: 'the mailer decides',
    doc: 'Sender of the mails.',
  },
  emailalertfreq: {
    scope: 'both',
    syntax: '<seconds>',
    parse: frequency,
    default: '0',
    unit: 'seconds',
    doc: 'A mail is repeated after that time while the server stays down; 0: never.',
  },
  emailalertstatus: {
    scope: 'both',
    syntax: 'all | none | starting,running,stopping,reloading',
    parse: states,
    default: 'all',
    doc: 'In which states of the daemon mails are sent.',
  },
  smtp: {
    scope: 'both',
    syntax: '<host>',
    parse: host,
    default: 'the local mailer',
    doc: 'Mail server to which mails go.',
  },
  monitorfile: {
    scope: 'section',
    syntax: '<path>',
    parse: monitorfile(),
    default: 'none',
    doc: 'File to which a line for every check of the service is appended.',
  },
  servicename: {
    scope: 'section',
    syntax: '<text>',
    parse: rest('a name', 'shop', { empty: true }),
    default: 'none',
    doc: 'Name of the service in mails.',
  },
  comment: {
    scope: 'section',
    syntax: '<text>',
    parse: rest('text', 'the shop', { empty: true }),
    default: 'none',
    doc: 'Text that mails about the service hold.',
  },
} as const satisfies Record<string, Directive<unknown>>;

/** In quotes or bare; whether the file can be opened is found out later. */
function monitorfile(): ValueParser<string> {
  return (value, note) => {
    const inside = /^"(.*)"/s.exec(value)?.[1];
    if (inside === undefined) noteEnd(value, note);
    return inside ?? value;
  };
}
