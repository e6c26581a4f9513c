import type { StatusDocument } from '../../model/status.ts';
import { type Command, Failure, type Room } from './command.ts';
import { dialect, infoText, jsonInfo, typedInfo } from './info.ts';
import { serversState } from './servers-state.ts';
import { type StatRow, statRows, wantedWeight } from './stat-rows.ts';
import { csv, jsonStat, typedStat } from './stat-text.ts';
import { serviceOf, target } from './targets.ts';

/** Commands that show how things are. */
export const LOOKS: readonly Command[] = [
  {
    name: 'show stat',
    takes: '[<service> <type> <sid>] [typed|json] [up|no-maint]',
    doc: 'counters of every service and real server, as CSV unless told otherwise',
    run: showStat,
  },
  {
    name: 'show info',
    takes: '[typed|json]',
    doc: 'the director as a whole',
    run: showInfo,
  },
  {
    name: 'show servers state',
    takes: '[<service>]',
    doc: 'state, weight and check of every real server',
    run: showServers,
  },
  {
    name: 'show backend',
    takes: '',
    doc: 'the names of the services',
    run: async (_, room) => {
      const { services } = await room.status(0);
      return ['# name', ...services.map(({ id }) => id)].join('\n');
    },
  },
  {
    name: 'show version',
    takes: '',
    doc: "HAProxy's version whose commands these are, and the director's own",
    run: async (_, room) => dialect({ status: await room.status(0) }),
  },
  {
    name: 'show cli level',
    takes: '',
    doc: 'what is allowed on this socket: user (to look) or admin',
    run: (_, __, { mayChange }) => (mayChange ? 'admin' : 'user'),
  },
  {
    name: 'get weight',
    takes: '<service>/<real>',
    doc: "a real server's weight, and the one in the file",
    run: async ([name], room) => {
      const { real } = target(await room.status(0), name);
      return `${wantedWeight(real)} (initial ${real.configuredWeight})`;
    },
  },
  {
    name: 'set timeout',
    takes: 'cli <seconds>',
    doc: 'how long this connection may be silent after "prompt"; a day at most',
    run: ([what, text], _, caller) => {
      if (what !== 'cli') throw new Failure("'set timeout' only supports 'cli'.");
      if (text === undefined) throw new Failure('Expects an integer value.');
      const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
      if (seconds < 1) throw new Failure('Invalid timeout value.');
      caller.patience(Math.min(seconds, LONGEST_S) * 1000);
      return '';
    },
  },
];

const LONGEST_S = 86_400;

const FORMS: Readonly<Record<string, (rows: readonly StatRow[]) => string>> = {
  typed: typedStat,
  json: jsonStat,
};
/** Which rows a word leaves out. */
const LESS: Readonly<Record<string, RegExp>> = {
  up: /^(DOWN|MAINT)/,
  'no-maint': /^MAINT/,
};
const NUMBER = /^-?\d+$/;

async function showStat(given: readonly string[], room: Room): Promise<string> {
  const [first, domain] = given;
  if (first === 'domain' && domain !== 'proxy')
    throw new Failure('Invalid statistics domain.');
  const words = first === 'domain' ? given.slice(2) : given;
  const status = await room.status(0);
  const less = words.filter((word) => Object.hasOwn(LESS, word));
  const rows = asked(words, status, completeRows(room, status)).filter(
    (row) => !less.some((word) => isLeftOut(row, word)),
  );
  const form = words.find((word) => Object.hasOwn(FORMS, word));
  return (FORMS[form ?? ''] ?? csv)(rows);
}

/** Those that `<service> <type> <sid>` names; all where the three are not there. */
function asked(
  [name, type = '', sid = '']: readonly string[],
  status: StatusDocument,
  rows: readonly StatRow[],
): readonly StatRow[] {
  if (name === undefined || !NUMBER.test(type) || !NUMBER.test(sid)) return rows;
  const which = { type: Number(type), sid: Number(sid) };
  if (name === '-1') return rows.filter((row) => picked(row, undefined, which));
  const service = serviceOf(status, numbered(name));
  if (!service) throw new Failure('No such proxy.');
  return rows.filter((row) => picked(row, service.id, which));
}

/** A number alone means the service of that number, as `#` and the number does elsewhere. */
function numbered(name: string): string {
  return /^\d+$/.test(name) ? `#${name}` : name;
}

const BIT = { F: 1, B: 2, S: 4 } as const;

function picked(
  { kind, service, cells }: StatRow,
  only: string | undefined,
  { type, sid }: { readonly type: number; readonly sid: number },
): boolean {
  if (only !== undefined && service !== only) return false;
  if (type >= 0 && (type & BIT[kind]) === 0) return false;
  return kind !== 'S' || sid < 0 || cells.sid === sid;
}

function isLeftOut({ kind, cells }: StatRow, word: string): boolean {
  return kind === 'S' && LESS[word]?.test(String(cells.status)) === true;
}

async function showInfo([form]: readonly string[], room: Room): Promise<string> {
  const status = await room.status(0);
  const rows = completeRows(room, status);
  const source = { status, rows, maxConnections: room.maxConnections };
  if (form === 'typed') return typedInfo(source);
  return form === 'json' ? jsonInfo(source) : infoText(source);
}

async function showServers([name]: readonly string[], room: Room): Promise<string> {
  const status = await room.status(0);
  const only = name === undefined ? undefined : serviceOf(status, name);
  if (name !== undefined && !only) throw new Failure("Can't find backend.");
  return serversState(status, only, Date.now());
}

/** Every row, with rates and maxima. */
export function completeRows(
  { figures, maxConnections }: Room,
  status: StatusDocument,
): readonly StatRow[] {
  const now = Date.now();
  return figures.complete(statRows(status, maxConnections, now), now);
}
