import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { runShow, type ShowForm, styleOf } from '../../lib/cli/show.ts';
import type { StatusDocument } from '../../lib/model/status.ts';
import { openControl } from '../support/control.ts';
import { socketPath } from '../support/socket-path.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';
import { CONTROLS } from '../support/terminal.ts';

async function show(
  t: Test,
  form: ShowForm,
  document: StatusDocument,
): Promise<{ code: number; out: string; err: string }> {
  const { path } = await openControl(t, async () => document);
  return run(path, form);
}

async function run(path: string, form: ShowForm = 'table', timeoutMs = 5_000) {
  let [out, err] = ['', ''];
  const code = await runShow({
    socketPath: path,
    form,
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    colour: false,
    timeoutMs,
  });
  return { code, out, err };
}

t.test('shows what the daemon answers, in each form', async (t) => {
  const table = await show(t, 'table', statusDocument());
  t.equal(table.code, 0);
  t.match(table.out, 'tcp:10.1.1.19:80  rr  net  UP');
  t.match((await show(t, 'ipvsadm', statusDocument())).out, 'TCP  10.1.1.19:80 rr\n');
  const json = await show(t, 'json', statusDocument());
  t.same(JSON.parse(json.out), statusDocument());
});

t.test('JSON carries no control character to a terminal, and reads back', async (t) => {
  const document = statusDocument({ configError: 'a\u009b2Jb\u202ec\u001b[0m' });
  const { out } = await show(t, 'json', document);
  t.notMatch(out, CONTROLS);
  t.same(JSON.parse(out), document);
});

t.test('no daemon: one clear line and exit code 1', async (t) => {
  const path = socketPath(t);
  const { code, out, err } = await run(path);
  t.equal(code, 1);
  t.equal(out, '');
  t.equal(err, `no director is running: nobody listens on ${path}\n`);
});

t.test('a daemon that says nothing: exit code 1 in time', async (t) => {
  const path = socketPath(t);
  const mute = createServer(() => undefined).listen(path);
  t.teardown(() => mute.close());
  await new Promise((resolve) => mute.on('listening', resolve));
  const { code, err } = await run(path, 'table', 100);
  t.equal(code, 1);
  t.equal(err, `the director does not answer on ${path} within 0.1 s\n`);
});

t.test('another program on the socket: exit code 1', async (t) => {
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
    'HTTP/1.1 503 No\r\nContent-Length: 1\r\n\r\nx',
    'SSH-2.0-x\r\n',
  ];
  for (const answer of answers) {
    const path = socketPath(t);
    const other = createServer((socket) => socket.end(answer)).listen(path);
    t.teardown(() => other.close());
    await new Promise((resolve) => other.on('listening', resolve));
    const { code, out, err } = await run(path);
    t.equal(code, 1, answer);
    t.equal(out, '');
    t.match(err, /^.*x\.sock.*\n$/, 'one line');
  }
});

t.test('100 services of 20 take less than 200 ms of processor', async (t) => {
  const services = Array.from({ length: 100 }, (_, i) =>
    serviceStatus({
      id: `tcp:10.2.0.${i}:80`,
      address: `10.2.0.${i}`,
      reals: Array.from({ length: 20 }, (_, j) =>
        realStatus({ id: `10.3.${i}.${j}:80`, address: `10.3.${i}.${j}` }),
      ),
    }),
  );
  const document = statusDocument({ services });
  const times: number[] = [];
  for (const form of ['table', 'table', 'table', 'ipvsadm', 'json'] as const) {
    const before = process.cpuUsage();
    const { out } = await show(t, form, document);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
    t.ok(out.split('\n').length >= 2100, form);
  }
  t.comment(`ms: ${times.map(Math.round)}`);
  t.ok(Math.min(...times.slice(0, 3)) < 200);
});

t.test('colour only on a terminal that wants it', async (t) => {
  const terminal = { isTTY: true, columns: 120 };
  t.same(styleOf(terminal, {}), { colour: true, width: 120 });
  t.same(styleOf(terminal, { NO_COLOR: '1' }), { colour: false, width: 120 });
  t.same(styleOf(terminal, { NO_COLOR: '' }), { colour: true, width: 120 });
  t.same(styleOf(terminal, { TERM: 'dumb' }), { colour: false, width: 120 });
  t.same(styleOf({}, {}), { colour: false, width: undefined });
});
