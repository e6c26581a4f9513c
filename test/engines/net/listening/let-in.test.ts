import { extname } from 'node:path';
import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import {
  letIn,
  openConnections,
} from '../../../../lib/engines/net/listening/let-in.ts';
import { received, rigFor, tableOf } from '../../../support/engine-rig.ts';

const SLOW = new URL(
  `../fixtures/slow-worker${extname(import.meta.url)}`,
  import.meta.url,
);
const CLIENTS = 10;

t.test('who waits to be accepted is served, though the service leaves', async (t) => {
  const rig = rigFor(t, createNetEngine({ workerScript: SLOW }));
  const service = await rig.service();
  const other = await rig.service();
  const server = await rig.server((socket) => socket.end('a'));
  const stays = tableOf(other, server.entry());
  await rig.engine.apply([...tableOf(service, server.entry()), ...stays]);
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => rig.client(service)),
  );
  const answers = clients.map((client) =>
    received(client).catch(({ code }: NodeJS.ErrnoException) => code),
  );
  await rig.engine.apply(stays);
  await t.rejects(rig.client(service), { code: 'ECONNREFUSED' });
  t.strictSame(await Promise.all(answers), Array(CLIENTS).fill('a'));
});

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

/** A line of /proc/net/tcp or the like. */
function line(local: string, state: string, waiting: string): string {
  return `   0: ${local} 00000000:0000 ${state} 00000000:${waiting} 00:00000000 00000000     0        0 4711 1 0\n`;
}

const NOBODY = '00000000';
const WEB = { protocol: 'tcp', address: '10.1.1.19', port: 80 } as const;
const WEB_HEX = '1301010A:0050';
const SIX = { protocol: 'tcp', address: '2001:db8::19', port: 80 } as const;
const SIX_HEX = 'B80D0120000000000000000019000000:0050';
const DNS = { protocol: 'udp', address: '10.1.1.19', port: 53 } as const;
const EVERY = { protocol: 'tcp', address: '0.0.0.0', port: 80 } as const;

for (const [who, { gate, file, listed, waits }] of Object.entries({
  'a client in the queue': {
    ...{ gate: WEB, file: 'tcp', waits: true },
    listed: line(WEB_HEX, '0A', '00000001'),
  },
  'one halfway through the handshake': {
    ...{ gate: WEB, file: 'tcp', waits: true },
    listed: line(WEB_HEX, '0A', NOBODY) + line(WEB_HEX, '03', NOBODY),
  },
  'one of IPv6': {
    ...{ gate: SIX, file: 'tcp6', waits: true },
    listed: line(SIX_HEX, '0A', '00000002'),
  },
  'a packet of UDP': {
    ...{ gate: DNS, file: 'udp', waits: true },
    listed: line('1301010A:0035', '07', '00000100'),
  },
  'one on its way to some address, where all are served': {
    ...{ gate: EVERY, file: 'tcp', waits: true },
    listed: line(WEB_HEX, '03', NOBODY),
  },
  'nobody at an empty queue': {
    ...{ gate: WEB, file: 'tcp', waits: false },
    listed: line(WEB_HEX, '0A', NOBODY) + line(WEB_HEX, '01', '00000005'),
  },
  'those of another address or port': {
    ...{ gate: WEB, file: 'tcp', waits: false },
    listed:
      line('00000000:0050', '0A', '00000001') + line('1301010A:0051', '03', NOBODY),
  },
  'where nothing can be read': {
    ...{ gate: WEB, file: 'other', waits: false },
    listed: line(WEB_HEX, '0A', '00000001'),
  },
} as const))
  t.test(`${waits ? 'waited for' : 'not waited for'}: ${who}`, async (t) => {
    const proc = t.testdir({ net: { [file]: HEAD + listed } });
    const began = performance.now();
    const ms = waits ? 100 : 60_000;
    await letIn([gate], proc, { handshakeMs: ms, queueMs: ms });
    t.equal(performance.now() - began >= ms, waits);
  });

t.test('there is an end to waiting, and handshakes are given up first', async (t) => {
  for (const [state, waiting, patience] of [
    ['03', NOBODY, { handshakeMs: 100, queueMs: Infinity }],
    ['0A', '00000001', { handshakeMs: 0, queueMs: 100 }],
  ] as const) {
    const proc = t.testdir({ net: { tcp: HEAD + line(WEB_HEX, state, waiting) } });
    const began = performance.now();
    await letIn([WEB], proc, patience);
    t.ok(performance.now() - began >= 100, state);
  }
});

t.test('connections that are open at a place are told from the rest', async (t) => {
  const proc = t.testdir({
    net: {
      tcp: [
        HEAD,
        ...['01', '08', '06', '0A'].map((s) => line(WEB_HEX, s, NOBODY)),
      ].join(''),
    },
  });
  t.equal(await openConnections([WEB, SIX], proc), 2);
  t.equal(await openConnections([{ ...WEB, port: 81 }], proc), 0);
});
