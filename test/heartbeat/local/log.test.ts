import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openLog } from '../../../lib/heartbeat/local/log.ts';
import { logLine } from '../../../lib/heartbeat/local/log-line.ts';

t.test('a line is one of Heartbeat', (t) => {
  const at = new Date(2026, 10, 7, 1, 46, 5);
  const { pid } = process;
  t.equal(
    logLine(at, 'lb1', 'info', 'node lb2: is dead'),
    `Nov 07 01:46:05 lb1 heartbeat: [${pid}]: info: node lb2: is dead\n`,
  );
  t.match(logLine(at, 'lb1', 'warn', 'two\nlines'), /: WARN: two lines\n$/);
  t.match(logLine(at, 'lb1', 'error', 'x'), /: ERROR: x\n$/);
  t.end();
});

t.test(
  'both files have all lines, in order, and logrotate may move them',
  async (t) => {
    const folder = t.testdir();
    const [logfile, debugfile] = [join(folder, 'ha-log'), join(folder, 'ha-debug')];
    const log = openLog({ logfile, debugfile, logfacility: undefined }, 'lb1');
    for (let n = 0; n < 50; n++) log.info(`line ${n}.`);
    await log.close();
    renameSync(logfile, join(folder, 'ha-log.1'));
    log.warn('the last');
    await log.close();
    const wanted = Array.from({ length: 50 }, (_, n) => `line ${n}.`);
    const rotated = readFileSync(join(folder, 'ha-log.1'), 'utf8');
    t.same(rotated.match(/line \d+\./g), wanted);
    t.match(readFileSync(logfile, 'utf8'), /^[A-Z][a-z]{2} .* WARN: the last\n$/);
    t.equal(readFileSync(debugfile, 'utf8').split('\n').length, 52);
  },
);

t.test('a file that cannot be written stops nobody', async (t) => {
  const logfile = join(t.testdir(), 'missing', 'ha-log');
  const log = openLog({ logfile, debugfile: undefined, logfacility: 'none' }, 'lb1');
  log.error('unheard');
  await log.close();
  t.pass();
});
