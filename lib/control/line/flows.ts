import { NotFound } from '../../director/desk.ts';
import type { Connection, PersistenceEntry } from '../../model/traffic.ts';
import { type Caller, type Command, Failure, type Room } from './command.ts';
import { serviceOf, target } from './targets.ts';

/** Listed at most. */
const MOST = 10_000;

/** Commands about connections and persistence. */
export const FLOWS: readonly Command[] = [
  {
    name: 'show sess',
    takes: '[<id>|all]',
    doc: `connections, ${MOST} at most, or that one`,
    run: showSess,
  },
  {
    name: 'show table',
    takes: '[<service> [key <client>]]',
    doc: 'which services have persistence, or the clients that it holds to a real server',
    run: showTable,
  },
  {
    name: 'clear table',
    takes: '<service> [key <client>]',
    doc: 'forget persistence of a service, or of one of its clients',
    changes: true,
    run: clearTable,
  },
  {
    name: 'shutdown sessions server',
    takes: '<service>/<real>',
    doc: 'end all connections of a real server',
    changes: true,
    run: async ([name], room, caller) => {
      const { service, real } = target(await room.status(0), name);
      await room.desk.end({ service: service.id, server: real.id }, await caller.by());
      return '';
    },
  },
  {
    name: 'shutdown session',
    takes: '<id>',
    doc: 'end one connection',
    changes: true,
    run: async ([id], room, caller) => {
      if (id === undefined)
        throw new Failure("Session pointer expected (use 'show sess').");
      const by = await caller.by();
      await room.desk.end({ id }, by).catch((error: unknown) => {
        if (error instanceof NotFound)
          throw new Failure("No such session (use 'show sess').");
        throw error;
      });
      return '';
    },
  },
];

/** Linear: before the first digit stands none. */
const ONE = /^[A-Za-z_]*\d[\w-]*$/;

async function showSess([id]: readonly string[], { desk }: Room): Promise<string> {
  const one = id !== undefined && id !== 'all' && ONE.test(id);
  const { items, total } = await desk.connections(one ? { id } : {}, MOST);
  if (one && items.length === 0) throw new Failure('Session not found.');
  const now = Date.now();
  const more = total > items.length ? [`# ${total - items.length} more`] : [];
  return [...items.map((connection) => sessLine(connection, now)), ...more].join('\n');
}

/** `ID: proto=tcpv4 src=192.0.2.7:51234 fe=SERVICE be=SERVICE srv=REAL state=open age=3s`. */
function sessLine(connection: Connection, now: number): string {
  const { id, protocol, client, service, server, state, since } = connection;
  const version = client.startsWith('[') ? 6 : 4;
  const age = since && Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  return [
    ...[`${id}:`, `proto=${protocol}v${version}`, `src=${client}`],
    ...[
      `fe=${service}`,
      `be=${service}`,
      `srv=${server ?? '<none>'}`,
      `state=${state}`,
    ],
    ...(age === null ? [] : [`age=${age}s`]),
    ...figure('bin', connection.bytesIn),
    ...figure('bout', connection.bytesOut),
  ].join(' ');
}

function figure(name: string, value: number | null): readonly string[] {
  return value === null ? [] : [`${name}=${value}`];
}

async function showTable(words: readonly string[], room: Room): Promise<string> {
  const [name, key] = words;
  const { services } = await room.status(0);
  if (name === undefined)
    return services
      .filter(({ persistent }) => persistent !== null)
      .map(({ id, persistenceEntries }) => tableLine(id, persistenceEntries))
      .join('\n');
  const { service, client } = await tableOf(words, room);
  if (key !== undefined && client === undefined)
    throw new Failure('Key value expected');
  const { items, total } = await room.desk.persistence({ service, client }, MOST);
  if (client !== undefined && items.length === 0) return '';
  const reals = services.find(({ id }) => id === service)?.reals ?? [];
  const place = new Map(reals.map(({ id }, row) => [id, row + 1]));
  return [
    tableLine(service, total),
    ...items.map((entry, row) => entryLine(entry, row, place.get(entry.server) ?? 0)),
  ].join('\n');
}

/** The size is that of no limit of ours: entries come and go with their clients. */
function tableLine(service: string, used: number): string {
  return `# table: ${service}, type: ip, size:${used}, used:${used}`;
}

function entryLine(
  { client, server, expiresSeconds }: PersistenceEntry,
  row: number,
  sid: number,
): string {
  const expires = Math.round(expiresSeconds * 1000);
  return `0x${row.toString(16)}: key=${client} use=0 exp=${expires} server_id=${sid} server_key=${server}`;
}

async function clearTable(
  words: readonly string[],
  room: Room,
  caller: Caller,
): Promise<string> {
  const [name, key] = words;
  if (name === undefined || (key !== undefined && key !== 'key'))
    throw new Failure('Required arguments: <table>, or <table> key <key>');
  const { service, client } = await tableOf(words, room);
  if (key !== undefined && client === undefined)
    throw new Failure('Key value expected');
  await room.desk.forget({ service, client }, await caller.by());
  return '';
}

async function tableOf(
  [name = '', , client]: readonly string[],
  room: Room,
): Promise<{ readonly service: string; readonly client: string | undefined }> {
  const service = serviceOf(await room.status(0), name);
  if (!service || service.persistent === null) throw new Failure('No such table');
  return { service: service.id, client };
}
