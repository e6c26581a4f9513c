import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { createAgentRunner } from '../../../lib/checks/agents/runner.ts';
import type { AgentPlan, AgentReport } from '../../../lib/model/agent.ts';
import { rawServer } from '../../support/raw-server.ts';
import { recordingLog } from '../../support/recording-log.ts';

const plan = (fields: Partial<AgentPlan> & { readonly port: number }): AgentPlan => ({
  ...{ address: '127.0.0.1', send: '', intervalMs: 60_000, timeoutMs: 5_000 },
  ...fields,
});

function aRunner(t: Test) {
  const log = recordingLog();
  const runner = createAgentRunner(log);
  t.teardown(() => runner.close());
  /** The first report. */
  const ask = (fields: Parameters<typeof plan>[0]) =>
    new Promise<AgentReport>((resolve) => {
      const handle = runner.subscribe(plan(fields), (report) => {
        handle[Symbol.dispose]();
        resolve(report);
      });
    });
  return { runner, ask, log };
}

const says = (text: string) => (socket: Socket) => void socket.write(text, 'latin1');

t.test('the first line counts, however it ends and comes', async (t) => {
  const { ask } = aRunner(t);
  const inPieces = (socket: Socket) => {
    const pieces = ['75', '%', ' up\r', '\n'];
    const next = () => {
      const piece = pieces.shift();
      if (piece !== undefined) socket.write(piece, () => setImmediate(next));
    };
    next();
  };
  for (const [serve, line] of [
    [says('75% up\n'), '75% up'],
    [says('75% up\r\n'), '75% up'],
    [says('75%\rdown\n'), '75%'],
    [says(`\n${'x'.repeat(4000)}`), ''],
    [says(`down # ${'x'.repeat(1017)}\n`), `down # ${'x'.repeat(292)}…`],
    [says('down # gr\xc3\xbc\xc3\x9fe\n'), 'down # grüße'],
    [inPieces, '75% up'],
  ] as const) {
    const server = await rawServer(t, serve);
    const report = await ask({ port: server.port });
    t.match(report, { line, problem: undefined }, line);
    await server.idle();
  }
});

t.test('what is no line in time is a problem, and says nothing', async (t) => {
  const { ask } = aRunner(t);
  const expected = "expected a line from the agent, as in '75% up', got";
  for (const [serve, problem] of [
    [(socket: Socket) => socket.end('90%'), `${expected} "90%" without its end`],
    [(socket: Socket) => socket.end(), `${expected} nothing`],
    [says('x'.repeat(1025)), `${expected} 1024 bytes without its end`],
    [says(`${'x'.repeat(1025)}\n`), `${expected} 1024 bytes without its end`],
    [says('90%'), 'no line within 0.3 s (checktimeout)'],
    [(socket: Socket) => socket.resetAndDestroy(), /ECONNRESET/],
  ] as const) {
    const server = await rawServer(t, serve);
    const report = await ask({ port: server.port, timeoutMs: 300 });
    t.match(report, { line: undefined, problem });
    t.strictSame(report.words, {});
    await server.idle();
  }
  const closed = await rawServer(t, () => {});
  const free = await ask({ port: closed.port + 0, address: '127.0.0.3' });
  t.equal(free.problem, `connect ECONNREFUSED 127.0.0.3:${closed.port}`);
});

t.test('it is sent what it is to be sent, at once', async (t) => {
  const { ask } = aRunner(t);
  const server = await rawServer(t, (socket) => {
    socket.once('data', () => socket.end('up\n'));
  });
  const report = await ask({ port: server.port, send: 'state \xfc\n' });
  t.equal(report.line, 'up');
  t.strictSame(server.received, ['state \xfc\n']);
});

t.test('it is asked again and again, once for all who want the same', async (t) => {
  const { runner, log } = aRunner(t);
  let asked = 0;
  const server = await rawServer(t, (socket) => socket.end(`${++asked}%\n`));
  const agent = plan({ port: server.port, intervalMs: 100 });
  const lines: string[][] = [[], []];
  const began = performance.now();
  await new Promise<void>((resolve) => {
    const first = runner.subscribe(agent, ({ line = '' }) => {
      lines[0]?.push(line);
      throw new Error('told to fail');
    });
    const second = runner.subscribe({ ...agent }, ({ line = '' }) => {
      if (lines[1]?.push(line) !== 5) return;
      first[Symbol.dispose]();
      second[Symbol.dispose]();
      resolve();
    });
  });
  t.strictSame(lines, [
    ['1%', '2%', '3%', '4%', '5%'],
    ['1%', '2%', '3%', '4%', '5%'],
  ]);
  const took = performance.now() - began;
  t.ok(took >= 280, `5 questions took ${took} ms`);
  t.match(log.take()[0], 'What an agent said was not taken: told to fail');
  await runner.close();
  await server.idle();
  t.equal(server.accepted, 5);
});

t.test('who comes late is told what is known', async (t) => {
  const { runner } = aRunner(t);
  const server = await rawServer(t, (socket) => socket.end('up\n'));
  const agent = plan({ port: server.port });
  const next = () =>
    new Promise<AgentReport>((resolve) => void runner.subscribe(agent, resolve));
  const first = await next();
  t.equal(await next(), first);
  t.equal(server.accepted, 1);
});

t.test('the end ends a question that is open, and lets none begin', async (t) => {
  const { runner } = aRunner(t);
  const server = await rawServer(t, () => {});
  let told = 0;
  runner.subscribe(plan({ port: server.port }), () => told++);
  while (server.open === 0) await new Promise(setImmediate);
  await runner.close();
  await server.idle();
  t.equal(told, 0);
  t.throws(
    () => runner.subscribe(plan({ port: server.port }), () => {}),
    'the agent runner is closed',
  );
});
