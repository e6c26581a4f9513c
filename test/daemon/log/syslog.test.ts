import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { syslogDestination } from '../../../lib/daemon/log/syslog.ts';
import { lab } from '../../support/lab.ts';
import { until } from '../../support/site.ts';

const NOW = new Date();

/** A program in logger's place that notes its arguments and runs `body`. */
function instead(t: Test, body: string): { logger: string; notes: string } {
  const folder = t.testdir();
  const [logger, notes] = [join(folder, 'logger'), join(folder, 'notes')];
  writeFileSync(logger, `#!/bin/sh\necho "args $*" >> ${notes}\n${body}\n`);
  chmodSync(logger, 0o755);
  return { logger, notes };
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

t.test("one logger takes all lines, with ldirectord's ident and level", async (t) => {
  const { logger, notes } = instead(t, `exec cat >> ${join(t.testdirName, 'notes')}`);
  const syslog = syslogDestination('local0', { logger, socket: '/', backOffMs: 10 });
  syslog.write('one', NOW);
  await until(() => read(notes).includes('one'), 'the first line');
  syslog.write('two', NOW);
  t.ok(await syslog.close(10_000));
  t.equal(read(notes), `args -t ldirectord[${process.pid}] -p local0.info\none\ntwo\n`);
});

t.test('a logger that ended is started again, and lines wait for it', async (t) => {
  const file = join(t.testdirName, 'notes');
  // The first one takes a line and dies; later ones stay.
  const { logger, notes } = instead(
    t,
    `if [ $(grep -c args ${file}) = 1 ]; then read line; echo "$line" >> ${file}; exit 1; fi\nexec cat >> ${file}`,
  );
  const syslog = syslogDestination('local0', { logger, socket: '/', backOffMs: 50 });
  syslog.write('one', NOW);
  await until(() => read(notes).includes('one'), 'the first line');
  await until(() => {
    syslog.write('again', NOW);
    return read(notes).split('args').length === 3;
  }, 'a second logger');
  await until(() => read(notes).includes('again'), 'a line by it');
  t.ok(await syslog.close(10_000));
});

t.test('a logger that hangs is killed at the end', async (t) => {
  const { logger, notes } = instead(t, 'exec sleep 600');
  const syslog = syslogDestination('local0', { logger, socket: '/', backOffMs: 10 });
  syslog.write('one', NOW);
  await until(() => read(notes).includes('args'), 'its start');
  await syslog.close(50);
  t.pass('it ended');
});

t.test('logger(1) sends what syslog expects', lab('logger', 'socat'), async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'l4d-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [socket, received] = [join(folder, 'log'), join(folder, 'received')];
  const daemon = listen(t, socket, received);
  await until(() => existsSync(socket), 'the socket');
  const { logger } = instead(t, `exec /usr/bin/logger -u ${socket} "$@"`);
  const syslog = syslogDestination('local3', { logger, socket, backOffMs: 10 });
  syslog.write('Added virtual server: 10.1.1.19:80', NOW);
  await until(() => read(received).includes('Added'), 'the line');
  t.ok(await syslog.close(10_000));
  daemon.kill();
  const LOCAL3_INFO = 19 * 8 + 6;
  t.match(
    read(received),
    new RegExp(
      `^<${LOCAL3_INFO}>.* ldirectord\\[${process.pid}\\]: Added virtual server: 10\\.1\\.1\\.19:80`,
    ),
  );
});

function listen(t: Test, socket: string, file: string): ChildProcess {
  const daemon = spawn('socat', [
    '-u',
    `UNIX-RECV:${socket}`,
    `OPEN:${file},creat,append`,
  ]);
  t.teardown(() => daemon.kill('SIGKILL'));
  return daemon;
}
