import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { CALLS, ask as call } from '../../lib/control/index.ts';
import { freePort, Site, until, webServer } from '../support/site.ts';

const RENAMES = 10;

function config(port: number, real: number): string {
  return `checkinterval=1
logfile="LOG"
virtual=127.0.0.1:${port}
    real=127.0.0.1:${real} masq
    service=http
    checktype=connect
`;
}

/** Asks once, and @returns the client's port. */
async function ask(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const { localPort = 0 } = socket;
  socket.end('GET / HTTP/1.0\r\n\r\n').resume();
  await once(socket, 'close');
  return localPort;
}

function linesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('connections'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter(Boolean);
}

t.test('over renames and USR1 each connection has one line', async (t) => {
  const port = await freePort();
  const site = new Site(t, config(port, await webServer(t)));
  const file = join(site.folder, 'connections.log');
  const ini = `${site.config}.ini`;
  writeFileSync(ini, `[log]\nconnections = yes\nconnections-file = ${file}\n`);
  await site.run('start');
  const ports: number[] = [];
  let busy = true;
  const clients = [1, 2].map(async () => {
    while (busy) ports.push(await ask(port));
  });
  for (let n = 0; n < RENAMES; n++) {
    await until(() => readdirSync(site.folder).includes('connections.log'), 'the file');
    renameSync(file, `${file}.${n}`);
    if (n % 2 === 1) process.kill(site.pid ?? 0, 'SIGUSR1');
  }
  busy = false;
  await Promise.all(clients);

  const asked = ports.length;
  // Workers have the last lines still, which go where the file says by then.
  writeFileSync(ini, `[log]\nconnections-file = ${file}\n`);
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  await call(socket, { ...CALLS.reload(), timeoutMs: 20_000 }); // until it is in force
  for (let n = 0; n < 2; n++) await ask(port);
  await until(() => linesIn(site.folder).length >= asked, 'the last lines');
  await site.run('stop');
  const lines = linesIn(site.folder);
  const logged = lines.map((line) => Number(/^127\.0\.0\.1:(\d+) \[/.exec(line)?.[1]));
  for (const one of ports) t.ok(logged.includes(one), `a line of ${one}`);
  t.equal(lines.length, asked, 'and none after the reload');
  t.equal(new Set(lines).size, lines.length, 'none is doubled');
  t.same(
    lines.filter((line) => !/ \d+ -- \d+\/\d+\/\d+\/\d+\/0 0\/0$/.test(line)),
    [],
  );
});
