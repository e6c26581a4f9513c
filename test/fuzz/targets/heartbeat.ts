import fc from 'fast-check';
import { readHaCf } from '../../../lib/heartbeat/config/ha-cf.ts';
import type { NodeAction } from '../../../lib/heartbeat/node/action.ts';
import { HeartbeatNode } from '../../../lib/heartbeat/node/node.ts';
import { encodeClassic } from '../../../lib/heartbeat/wire/classic.ts';
import { type Key, macOf } from '../../../lib/heartbeat/wire/mac.ts';
import type { Field, Message } from '../../../lib/heartbeat/wire/message.ts';
import { encodeNetstring } from '../../../lib/heartbeat/wire/netstring.ts';
import { open } from '../../../lib/heartbeat/wire/seal.ts';
import { mutated } from '../inputs.ts';
import { demand, pure } from '../target.ts';

const KEY: Key = { number: 2, method: 'sha1', secret: 'TOPSECRETWORD' };
const KEYRING = { current: KEY, keys: [KEY] };
const CLASSIC_END = '<<<\n\0';
/** What one datagram makes a node do: most is what it sends again to who asks for all. */
const MOST_ACTIONS = 120;

const SENDER: Message = [
  ...([
    ['src', 'lb2'],
    ['srcuuid', Buffer.alloc(16, 7)],
    ['seq', '9'],
  ] as Field[]),
  ...([
    ['hg', '3e8'],
    ['ts', '1'],
    ['ld', '0.00'],
    ['ttl', '3'],
  ] as Field[]),
];
const SAID: readonly (readonly string[])[] = [
  ['t=status', 'st=active', 'dt=2710', 'protocol=1', 'l4=all 1 1'],
  ['t=status', 'st=up', 'dt=2ee0', 'protocol=1'],
  ['t=starting'],
  ['t=resource', 'rsc_hold=all', 'rtype=full', 'isstable=1'],
  ['t=ask_resources', 'rsc_hold=foreign', 'info=me'],
  ['t=hb_takeover', 'rsc_hold=all'],
  ['t=shutdone', 'st=dead'],
  ['t=reqnodes', 'dest=lb1'],
  ['t=repnodes', 'dest=lb1', 'nodelist=lb1 lb2 ', 'delnodelist= '],
  ['t=NS_rexmit', 'dest=lb1', 'firstseq=1', 'lastseq=900'],
  ['t=NS_nak_rexmit', 'dest=lb1', 'firstseq=3', 'info=seqno not found'],
  ['t=NS_ackmsg', 'dest=lb1', 'ackseq=8'],
  ['t=num_ping_nodes', 'num_ping=2', 'dest=lb1', 'from_id=ipfail', 'to_id=ipfail'],
  ['t=you_are_dead', 'dest=lb1', 'from_id=ipfail', 'to_id=ipfail'],
  ['t=ip-request', 'ipaddr=10.1.1.20'],
  ['t=ip-request-resp', 'dest=lb1', 'ipaddr=10.1.1.19', 'weown=yes', 'ok=OK'],
  ['t=query-cstatus', 'dest=lb1', 'cn=ipfail', 'from_id=x'],
];
const MESSAGES = SAID.map(
  (fields): Message => [
    ...fields.map((field): Field => {
      const [name = '', value = ''] = field.split('=');
      return [name, value];
    }),
    ...SENDER,
  ],
);
const GOOD = MESSAGES.flatMap((message) => [
  encodeNetstring(message).toString('latin1'),
  encodeClassic(message).toString('latin1').slice(0, -CLASSIC_END.length),
]);
const WORDS = [
  ...['###\n', '%%%\n', '>>>\n', '<<<\n', '\0', '\n', ',', ':', '=', '(0)', '(1)'],
  ...['(2)', '(9)', '5:(0)t', '65535:', '99999:', '0:', '-1:', '1e3:', '\x13', 'AA=='],
  ...['8:(0)seq=0,', '14:(0)hg=ffffffff,', '10:(0)src=lb1,', 'seq=fffffffffff\n'],
  ...['firstseq=0\n', 'lastseq=999999999999\n', 't=status\n', 'dest=lb1\n', 'dt=0\n'],
  ...['12:(0)__proto__=,', 't=constructor\n', 'st=ping\n', 'rsc_hold=toString\n'],
];

/** Datagrams from the network: those that are not signed, and those of one who has the key and means harm. */
export const heartbeats = pure({
  covers: 'lib/heartbeat/{wire,delivery,membership,ownership,ipfail,node}/**',
  boundMs: 50,
  inputs: fc.record({
    text: mutated(GOOD, WORDS),
    isSigned: fc.boolean(),
    mode: fc.constantFrom('on', 'off', 'legacy'),
    seconds: fc.nat(15),
  }),
  take({ text, isSigned, mode, seconds }) {
    const datagram = isSigned ? signed(text) : Buffer.from(text, 'latin1');
    const now = 2000 + seconds;
    if ('message' in open(datagram, KEYRING)) obeys(activeNode(mode), datagram, now);
    else ignores(mode, datagram, now);
  },
});

/** What is not opened is not there, but for a line of the log about each reason: the same node takes the next one
 *  too. */
function ignores(mode: string, datagram: Buffer, now: number): void {
  const ignorant = IGNORANT.get(mode) ?? { node: activeNode(mode), told: new Set() };
  IGNORANT.set(mode, ignorant);
  const { node, told } = ignorant;
  const before = stateOf(node);
  const actions = node.hear(datagram, 'eth0', now);
  demand(
    actions.every((one) => one.type === 'log' && !told.has(one.text)),
    () => `it makes the node do ${kinds(actions)}`,
  );
  for (const one of actions) if (one.type === 'log') told.add(one.text);
  demand(stateOf(node) === before, () => `it changes the node: ${stateOf(node)}`);
}

const IGNORANT = new Map<
  string,
  { readonly node: HeartbeatNode; readonly told: Set<string> }
>();

/** Whatever it says, a datagram and the seconds after it make a node do a bounded number of things. */
function obeys(node: HeartbeatNode, datagram: Buffer, now: number): void {
  const actions = node.hear(datagram, 'eth0', now);
  demand(actions.length <= MOST_ACTIONS, () => `${actions.length} actions`);
  for (let later = 0; later < 3; later++)
    demand(node.look(now + later * 1000).length <= MOST_ACTIONS, () => 'many actions');
}

function signed(text: string): Buffer {
  const isClassic = text.startsWith('>>>\n');
  const body = Buffer.from(isClassic ? text.slice('>>>\n'.length) : text, 'latin1');
  const signature = `${KEY.number} ${macOf(KEY, body)}`;
  return isClassic
    ? Buffer.from(`${text}auth=${signature}\n${CLASSIC_END}`, 'latin1')
    : Buffer.concat([body, Buffer.from(`${signature.length}:${signature},`)]);
}

/** One that has found the other node, and has something. */
function activeNode(mode: string): HeartbeatNode {
  const node = new HeartbeatNode(
    {
      config: configOf(mode),
      groups: [
        { node: 'lb1', key: '10.1.1.19' },
        { node: 'lb2', key: '10.1.1.20' },
      ],
      keyring: KEYRING,
      identity: { name: 'lb1', uuid: Buffer.alloc(16, 1), generation: 1, ttl: 3 },
      world: { seconds: () => 1, load: () => '0.00' },
      uuidOf: () => undefined,
      random: () => 0.5,
    },
    0,
  );
  node.start(0);
  node.pinged('gateway', 10);
  for (const text of BEGINNING) node.hear(signed(text), 'eth0', 20);
  for (const at of [1000, 1500]) node.look(at);
  demand(node.status === 'active', () => `it is ${node.status}, and takes nothing`);
  return node;
}

const BEGINNING = ['1', '2', '3', '4'].map((seq, index) => {
  const [status = [], list = [], starting = [], resource = []] = [0, 8, 2, 3].map(
    (kind) => MESSAGES[kind],
  );
  const message = [status, list, starting, resource][index] ?? [];
  return encodeNetstring(
    message.map((field): Field => (field[0] === 'seq' ? ['seq', seq] : field)),
  ).toString('latin1');
});

const CONFIGS = new Map(
  ['on', 'off', 'legacy'].map((mode) => [
    mode,
    readHaCf(
      `node lb1 lb2\nbcast eth0\nauto_failback ${mode}\nping gateway\nrespawn root /ipfail`,
      'ha.cf',
      'lb1',
    ).config,
  ]),
);

function configOf(mode: string) {
  const config = CONFIGS.get(mode);
  if (!config) throw new Error(`no config for ${mode}`);
  return config;
}

/** All that can be seen of it from outside. */
function stateOf({ status, members, nextAt, ownership }: HeartbeatNode): string {
  const { mine, word, isStable } = ownership;
  return JSON.stringify({ status, members, nextAt, mine, word, isStable });
}

function kinds(actions: readonly NodeAction[]): string {
  return actions.map(({ type }) => type).join(', ');
}
