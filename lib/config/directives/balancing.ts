import { nearest } from '../../model/nearest.ts';
import { SCHEDULERS } from '../../schedulers/index.ts';
import { parseFallback } from '../fallback-line.ts';
import {
  digits,
  expected,
  quotedOrRest,
  rest,
  type ValueParser,
  yesno,
} from '../values.ts';
import type { Directive } from './directive.ts';

const REAL =
  '<host>[-><last host>][:<port>] gate|masq|ipip [<weight>] ["<request>", "<receive>"] [l:<lower>] [u:<upper>]';
const FALLBACK = '<host>[:<port>] [gate|masq|ipip]';

/** Any name is accepted, as long as it has a lower-case letter. */
const scheduler: ValueParser<string> = (value, note) => {
  const name = /[a-z]+/.exec(value)?.[0];
  if (name === undefined) return expected('a scheduler in lower-case letters', 'wrr');
  if (!/^[ \t\r"]*[a-z]+[ \t\r"]*(#.*)?$/s.test(value)) note(`it is taken as ${name}`);
  if (Object.hasOwn(SCHEDULERS, name)) return name;
  const near = nearest(name, Object.keys(SCHEDULERS));
  note(`there is no scheduler "${name}"${near ? `; did you mean "${near}"?` : ''}`);
  return name;
};

const persistent: ValueParser<number> = (value, note) => {
  const seconds = digits('whole seconds', '300', { zero: 'allowed' })(value, note) ?? 0;
  if (seconds === 0) note('ipvsadm refuses 0; here it means no persistence');
  return seconds;
};

const schedflags: ValueParser<string> = (value) =>
  /[^ \t\r\v\f]+/.exec(value)?.[0] ?? expected('flags of the scheduler', 'sh-port');

const netmask: ValueParser<string> = (value, note, section) => {
  if (section?.family === 'inet6')
    return /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 128
      ? value
      : expected('the length of an IPv6 prefix, 1 to 128', '64');
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(value))
    return expected('a dotted quad', '255.255.255.0');
  if (!isNetmask(value)) note('it is no netmask; ipvsadm refuses it');
  return value;
};

function isNetmask(value: string): boolean {
  const octets = value.split('.').map(Number);
  const bits = octets.map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return octets.every((octet) => octet <= 255) && /^1*0*$/.test(bits);
}

const protocol: ValueParser<'tcp' | 'udp' | 'fwm'> = (value, _note, section) => {
  const word = /[A-Za-z0-9_]+/.exec(value)?.[0];
  if (section?.mark)
    return word === 'fwm' ? word : expected('fwm, since the service is a mark', 'fwm');
  return word === 'tcp' || word === 'udp' ? word : expected('tcp or udp', 'tcp');
};

const realOf = (family: 'inet' | 'inet6'): ValueParser<string> =>
  onlyFor(family, 'real', (value) => value);

const fallbackOf = (family: 'inet' | 'inet6') =>
  onlyFor(family, 'fallback', parseFallback);

/** A key with 6 belongs in sections with 6, one without in those without. */
function onlyFor<T>(
  family: 'inet' | 'inet6',
  name: string,
  parse: ValueParser<T>,
): ValueParser<T> {
  return (value, note, section) => {
    if (section !== undefined && section.family !== family)
      return expected(
        section.family === 'inet'
          ? `${name} under virtual, ${name}6 under virtual6`
          : `${name}6 under virtual6, ${name} under virtual`,
        section.family === 'inet' ? name : `${name}6`,
      );
    return parse(value, note, section);
  };
}

/** Where the traffic goes. */
export const BALANCING = {
  real: {
    scope: 'section',
    syntax: REAL,
    parse: realOf('inet'),
    default: 'none',
    repeats: true,
    doc: 'A real server, or with -> a range of them.',
  },
  real6: {
    scope: 'section',
    syntax: REAL,
    parse: realOf('inet6'),
    default: 'none',
    repeats: true,
    doc: 'A real server of a virtual6 service, its address in brackets.',
  },
  fallback: {
    scope: 'both',
    syntax: FALLBACK,
    parse: fallbackOf('inet'),
    default: 'none',
    doc: 'Server that gets the traffic while no real server is up.',
  },
  fallback6: {
    scope: 'both',
    syntax: FALLBACK,
    parse: fallbackOf('inet6'),
    default: 'none',
    doc: 'The same for virtual6 services.',
  },
  fallbackcommand: {
    scope: 'both',
    syntax: '"<command>" | <command>',
    parse: rest('a command', '/usr/local/bin/alarm'),
    parseInSection: quotedOrRest('a command', '/usr/local/bin/alarm'),
    default: 'none',
    doc: 'Run with start when no real server is up any more, with stop when one is again.',
  },
  scheduler: {
    scope: 'section',
    syntax: '<name>',
    parse: scheduler,
    default: 'wrr',
    doc: 'How a real server is chosen for a new connection.',
  },
  schedflags: {
    scope: 'section',
    syntax: '<flag>[,<flag>]',
    parse: schedflags,
    default: 'none',
    doc: 'Flags of the scheduler, as ipvsadm -b takes them.',
  },
  persistent: {
    scope: 'section',
    syntax: '<seconds>',
    parse: persistent,
    default: 'none',
    unit: 'seconds',
    doc: 'A client stays with its real server until it has been away that long.',
  },
  netmask: {
    scope: 'section',
    syntax: '<netmask> | <prefix length>',
    parse: netmask,
    default: 'the whole address',
    doc: 'Clients that are one for persistence.',
  },
  protocol: {
    scope: 'section',
    syntax: 'tcp | udp | fwm',
    parse: protocol,
    default: 'tcp; udp if the port is written 53 or domain; fwm for a mark',
    doc: 'Protocol of the service.',
  },
  ops: {
    scope: 'section',
    syntax: 'yes | no',
    parse: yesno,
    default: 'no',
    doc: 'One-packet scheduling of a udp service.',
  },
} as const satisfies Record<string, Directive<unknown>>;
