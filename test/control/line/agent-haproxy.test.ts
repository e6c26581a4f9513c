import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { raw } from '../../support/control.ts';
import { startHaproxy } from '../../support/haproxy.ts';
import { lab } from '../../support/lab.ts';
import { csvRows } from '../../support/line-client.ts';
import { lowPort } from '../../support/low-port.ts';
import { Site } from '../../support/site.ts';

// One agent is asked by Debian's HAProxy and by this director, and both show what they make of it.

const INTERVAL_MS = 100;
const PATIENCE_MS = 20_000;

/** Listens on loopback until the test ends. */
async function listening(t: Test, server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Answers each who asks it with the same, and knows who has asked how often. */
async function anAgent(t: Test) {
  let answer: (socket: Socket) => void = (socket) => socket.end('ready up 100%\n');
  const asked = new Map<string, number>();
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    socket.on('end', () => socket.end());
    socket.once('data', (bytes) => {
      const who = bytes.toString().trim();
      asked.set(who, (asked.get(who) ?? 0) + 1);
      answer(socket);
    });
  });
  const port = await listening(t, server);
  t.teardown(() => {
    for (const socket of open) socket.destroy();
  });
  return {
    port,
    /** From now on; returns when both have been asked for it and are about to ask again. */
    async says(next: string | ((socket: Socket) => void)) {
      answer = typeof next === 'string' ? (socket) => socket.end(next) : next;
      asked.clear();
      const deadline = performance.now() + PATIENCE_MS;
      while ((asked.get('ours') ?? 0) < 2 || (asked.get('theirs') ?? 0) < 2) {
        if (performance.now() > deadline) throw new Error('the agent is not asked');
        await sleep(10);
      }
    },
  };
}

/** Both at work on the same real server and the same agent. */
async function both(t: Test, weight: number) {
  const agent = await anAgent(t);
  const web = createServer((socket) => socket.on('error', () => {}).end());
  const port = await listening(t, web);
  const place = `127.0.0.1:${port}`;
  const theirs = await startHaproxy(
    t,
    `listen l
 bind unix@FRONT
 server s ${place} weight ${weight} check inter ${INTERVAL_MS} fall 1 rise 1 agent-check agent-port ${agent.port} agent-inter ${INTERVAL_MS} agent-send theirs\\n`,
  );
  const service = await lowPort();
  const site = new Site(
    t,
    `checkinterval=1\nchecktimeout=1\nquiescent=yes\nlogfile="LOG"
virtual=127.0.0.1:${service}
\treal=${place} masq ${weight}
\tchecktype=connect
\tprotocol=tcp
`,
  );
  site.writeIni(
    `[checks]\nagent-port = ${agent.port}\nagent-interval = ${INTERVAL_MS}ms\nagent-send = ours\\n\n`,
  );
  const { code, stderr } = await site.run('start');
  t.equal(code, 0, stderr);
  const ours = `${site.runtimeDir}/l4director.a.cf.sock`;
  const id = `tcp:127.0.0.1:${service}`;

  async function shown(path: string, name: string): Promise<string> {
    const rows = csvRows(await raw(path, 'show stat\n'));
    const row = rows.find(({ svname }) => svname === name);
    // A star: it is being asked.
    const status = row?.agent_status?.replace('* ', '');
    return `${row?.status} ${row?.uweight} ${status}`;
  }
  return {
    ...{ agent, web, port, site, theirs, id, place },
    /** State, weight and the agent's word at both. */
    shows: async () => ({
      ours: await shown(ours, place),
      theirs: await shown(theirs.admin, 's'),
    }),
    command: async (text: string) => raw(ours, `${text}\n`),
  };
}

type Both = Awaited<ReturnType<typeof both>>;

/** Waits until both show that. */
async function agree(t: Test, { shows }: Both, expected: string, about: string) {
  const deadline = performance.now() + PATIENCE_MS;
  let seen = await shows();
  while (seen.ours !== expected || seen.theirs !== expected) {
    if (performance.now() > deadline) break;
    await sleep(20);
    seen = await shows();
  }
  t.strictSame(seen, { ours: expected, theirs: expected }, about);
}

/** What it says, and what both show then: state, weight, word. What is not named stays. */
const STORY = [
  ['75%\n', 'UP 7 CHECKED'],
  ['50%\r\n', 'UP 5 CHECKED'],
  ['0%\n', 'UP 0 CHECKED'],
  ['150%\n', 'UP 15 CHECKED'],
  ['-5%\n', 'UP 15 CHECKED'],
  ['5.5%\n', 'UP 15 CHECKED'],
  ['50%%\n', 'UP 15 CHECKED'],
  ['nonsense 100%\n', 'UP 10 CHECKED'],
  ['drain\n', 'DRAIN (agent) 10 CHECKED'],
  ['50%\n', 'DRAIN (agent) 5 CHECKED'],
  ['ready#z\n', 'DRAIN (agent) 5 CHECKED'],
  ['READY\n', 'UP 5 CHECKED'],
  ['maint\n', 'MAINT 5 CHECKED'],
  ['80%\n', 'MAINT 8 CHECKED'],
  ['ready\n', 'UP 8 CHECKED'],
  ['down\n', 'DOWN (agent) 8 L7STS'],
  ['up\n', 'UP 8 L7OK'],
  ['fail # disk full\n', 'DOWN (agent) 8 L7STS'],
  ['up # all is well\n', 'UP 8 L7OK'],
  ['stopped\n', 'DOWN (agent) 8 L7STS'],
  ['ready, up, 100%\n', 'UP 10 L7OK'],
  ['maxconn:30 up\n', 'UP 10 L7OK'],
  ['100% 20%\n', 'UP 2 CHECKED'],
  ['up drain\n', 'DRAIN (agent) 2 L7OK'],
  ['  ,,ready\t40% #x\n', 'UP 4 CHECKED'],
  ['up down\n', 'DOWN (agent) 4 L7STS'],
  ['down up\n', 'UP 4 L7OK'],
  ['60%\n30%\n', 'UP 6 CHECKED'],
  ['maint down\n', 'MAINT 6 L7STS'],
] as const;

t.test('both make the same of every word', lab('haproxy'), async (t) => {
  const pair = await both(t, 10);
  for (const [line, expected] of STORY) {
    await pair.agent.says(line);
    await agree(t, pair, expected, JSON.stringify(line));
  }
});

t.test('one that is silent changes nothing at either', lab('haproxy'), async (t) => {
  const pair = await both(t, 10);
  const weighs = async (expected: string, about: string) => {
    const { ours, theirs } = await pair.shows();
    const plain = (text: string) => text.replace(/ \S*$/, '');
    t.strictSame([plain(ours), plain(theirs)], [expected, expected], about);
  };
  await pair.agent.says('drain 50%\n');
  await agree(t, pair, 'DRAIN (agent) 5 CHECKED', 'before');
  await pair.agent.says((socket) => void socket.resetAndDestroy());
  await weighs('DRAIN (agent) 5', 'reset');
  await pair.agent.says((socket) => void socket.end('100% ready'));
  await weighs('DRAIN (agent) 5', 'no line end');
  await pair.agent.says(() => {});
  await weighs('DRAIN (agent) 5', 'silent');
  await pair.command(`set server ${pair.id}/${pair.place} state ready`);
  await raw(pair.theirs.admin, 'set server l/s state ready\n');
  await weighs('UP 5', 'an operator has it ready');
  await pair.agent.says('drain\n');
  await agree(t, pair, 'DRAIN (agent) 5 CHECKED', 'until it says so again');
});

t.test('up does not lift what the checks hold down', lab('haproxy'), async (t) => {
  const pair = await both(t, 10);
  await pair.agent.says('up\n');
  await agree(t, pair, 'UP 10 L7OK', 'all is well');
  pair.web.close();
  await agree(t, pair, 'DOWN 10 L7OK', 'the server is gone');
  await pair.agent.says('down\n');
  await agree(t, pair, 'DOWN (agent) 10 L7STS', 'and its agent knows');
  await pair.agent.says('up\n');
  await agree(t, pair, 'DOWN 10 L7OK', 'which is too early with its up');
  await listening(t, pair.web, pair.port);
  await agree(t, pair, 'UP 10 L7OK', 'it is back');
});

t.test(
  'what differs: small shares, failed, and who wins',
  lab('haproxy'),
  async (t) => {
    const pair = await both(t, 1);
    const differ = async (ours: string, theirs: string) => {
      const deadline = performance.now() + PATIENCE_MS;
      let seen = await pair.shows();
      while (seen.ours !== ours && performance.now() < deadline) {
        await sleep(20);
        seen = await pair.shows();
      }
      t.strictSame(seen, { ours, theirs });
    };
    await pair.agent.says('50%\n');
    await differ('UP 1 CHECKED', 'UP 0 CHECKED');
    await pair.agent.says('100% failed\n');
    await differ('DOWN (agent) 1 L7STS', 'UP 1 CHECKED');
    await pair.agent.says('up ready\n');
    await agree(t, pair, 'UP 1 L7OK', 'again');
    await pair.command(`set server ${pair.id}/${pair.place} state drain`);
    await raw(pair.theirs.admin, 'set server l/s state drain\n');
    await pair.agent.says('up ready\n');
    await differ('DRAIN 1 L7OK', 'UP 1 L7OK');
  },
);
