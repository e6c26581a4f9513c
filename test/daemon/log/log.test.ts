import { chmodSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Destination } from '../../../lib/daemon/log/destination.ts';
import { fileDestination } from '../../../lib/daemon/log/file.ts';
import { createLog } from '../../../lib/daemon/log/log.ts';
import { openDestination } from '../../../lib/daemon/log/open.ts';
import { ctime } from '../../../lib/model/ctime.ts';
import { until } from '../../support/site.ts';

class Memory implements Destination {
  readonly lines: string[] = [];
  closed = false;
  dropped = 0;
  write(message: string): void {
    this.lines.push(message);
  }
  async close(): Promise<boolean> {
    this.closed = true;
    return true;
  }
}

t.test('dates are those of ctime in the C locale', (t) => {
  t.equal(ctime(new Date(2026, 10, 23, 13, 30, 7)), 'Mon Nov 23 13:30:07 2026');
  t.equal(ctime(new Date(2027, 0, 2, 3, 4, 5)), 'Sat Jan  2 03:04:05 2027');
  t.end();
});

t.test('whatever a message holds, it is one line', (t) => {
  const memory = new Memory();
  const log = createLog(memory, false);
  log.info('first\n  second\r\nthird\n', { detail: 1 });
  log.warn('a "quoted" one');
  log.debug('not shown');
  log.info('a\tb \u001b[31mred\u0007 \u007f m\u00c3\u009cnchen');
  t.same(memory.lines, [
    'first | second | third',
    'a "quoted" one',
    'a\tb \\x1b[31mred\\x07 \\x7f m\u00c3\u009cnchen',
  ]);
  t.end();
});

t.test('with -d debug lines are shown as such', (t) => {
  const memory = new Memory();
  createLog(memory, true).debug('why');
  t.same(memory.lines, ['DEBUG: why']);
  t.end();
});

t.test('after a redirection the old destination is closed', async (t) => {
  const [first, second] = [new Memory(), new Memory()];
  const log = createLog(first, false);
  log.info('one');
  log.redirect(second);
  log.info('two');
  t.same([first.lines, first.closed, second.lines], [['one'], true, ['two']]);
  t.ok(await log.close(1_000));
  t.ok(second.closed);
});

t.test('a file line has date, instance and pid, as ldirectord writes it', async (t) => {
  const path = join(t.testdir(), 'log');
  const file = fileDestination(path, 'a.cf');
  file.write('Added virtual server: 10.1.1.19:80', new Date(2026, 10, 2, 1, 2, 3));
  t.ok(await file.close(5_000));
  t.equal(
    readFileSync(path, 'utf8'),
    `[Mon Nov  2 01:02:03 2026|a.cf|${process.pid}] Added virtual server: 10.1.1.19:80\n`,
  );
});

t.test('a file that was rotated away is followed without a signal', async (t) => {
  const folder = t.testdir();
  const [path, old] = [join(folder, 'log'), join(folder, 'log.1')];
  const file = fileDestination(path, 'a.cf');
  const text = (name: string): string => readFileSync(name, 'utf8');
  file.write('before', new Date());
  await until(() => {
    try {
      return text(path).includes('before');
    } catch {
      return false;
    }
  }, 'the first line');
  renameSync(path, old);
  file.write('after', new Date());
  t.ok(await file.close(5_000));
  t.match(text(old), /before\n$/);
  t.match(text(path), /^\[[^\]]+\] after\n$/);
});

t.test('a file that cannot be written holds nobody up', async (t) => {
  const file = fileDestination(join(t.testdir(), 'no', 'such', 'folder'), 'a.cf');
  file.write('lost', new Date());
  t.ok(await file.close(10));
});

t.test('where there is no syslog, stderr takes its place and the mend is told', (t) => {
  const socket = t.testdirName;
  const there = { logger: '/bin/sh', socket: '/', backOffMs: 1 };
  const problem = (logfile: string, syslog: typeof there): string | undefined =>
    openDestination('daemon', logfile, 'a.cf', syslog).problem;
  t.equal(problem('local0', there), undefined);
  t.equal(problem('LOG_LOCAL0', there), undefined, 'as Perl takes it');
  t.match(problem('local9', there), /expected a path or a syslog facility/);
  t.match(
    problem('local0', { ...there, socket: `${socket}/none` }),
    /start a syslog daemon/,
  );
  t.match(
    problem('local0', { ...there, logger: 'no-such-logger' }),
    /install bsdutils/,
  );
  t.equal(
    openDestination('debug', 'local9', 'a.cf').problem,
    undefined,
    '-d has its own place',
  );
  t.end();
});

t.test('blanks behind the name of a log file are not part of it', async (t) => {
  const folder = t.testdir();
  const { destination } = openDestination('daemon', `${join(folder, 'log')} `, 'a.cf');
  destination.write('here', new Date());
  await destination.close(5_000);
  t.same(readdirSync(folder), ['log']);
});

t.test('a facility may be written as Perl takes it', async (t) => {
  const folder = t.testdir({
    logger: '#!/bin/sh\necho "$4" >"$0.out"; cat >/dev/null\n',
  });
  const logger = join(folder, 'logger');
  chmodSync(logger, 0o755);
  const syslog = { logger, socket: '/', backOffMs: 1 };
  const { destination } = openDestination('daemon', 'LOG_Local3', 'a.cf', syslog);
  destination.write('here', new Date());
  await destination.close(5_000);
  t.equal(readFileSync(`${logger}.out`, 'utf8'), 'local3.info\n');
});
