import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openLog } from '../../../lib/heartbeat/local/log.ts';
import { logLine } from '../../../lib/heartbeat/local/log-line.ts';
import { collect, until } from '../../support/site.ts';

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
    // Whoever closes it waits for no more than a second, and the rest is lost.
    const written = (last: string) =>
      until(
        () => [logfile, debugfile].every((file) => textIn(file).endsWith(`${last}\n`)),
        `${last} in both`,
      );
    for (let n = 0; n < 50; n++) log.info(`line ${n}.`);
    await written('line 49.');
    await log.close();
    renameSync(logfile, join(folder, 'ha-log.1'));
    log.warn('the last');
    await written('the last');
    await log.close();
    const wanted = Array.from({ length: 50 }, (_, n) => `line ${n}.`);
    const rotated = readFileSync(join(folder, 'ha-log.1'), 'utf8');
    t.same(rotated.match(/line \d+\./g), wanted);
    t.match(readFileSync(logfile, 'utf8'), /^[A-Z][a-z]{2} .* WARN: the last\n$/);
    t.equal(readFileSync(debugfile, 'utf8').split('\n').length, 52);
  },
);

t.test('whoever closes it waits until all is written', async (t) => {
  const logfile = join(t.testdir(), 'ha-log');
  const log = openLog({ logfile, debugfile: undefined, logfacility: undefined }, 'lb1');
  await until(async () => {
    log.info('the last');
    const began = performance.now();
    await log.close();
    return performance.now() - began < 900;
  }, 'one that is closed within its second');
  t.match(textIn(logfile), /the last\n$/);
});

t.test('what a file does not take is on stderr, and stops nobody', async (t) => {
  for (const logfile of [join(t.testdir(), 'missing', 'ha-log'), '/dev/full']) {
    const child = inChild(
      logfile,
      `log.error('unheard');
       for await (const _ of process.stdin);
       await log.close();`,
    );
    child.stderr.on('data', (text) => {
      if (String(text).includes('unheard')) child.stdin.end();
    });
    t.match(await collect(child), { code: 0, stderr: /: ERROR: unheard\n/ }, logfile);
  }
});

t.test('a disk that never answers keeps nobody from ending', async (t) => {
  const logfile = join(t.testdir(), 'ha-log');
  execFileSync('mkfifo', [logfile]); // It can be opened when somebody reads it.
  const child = inChild(
    logfile,
    `for (let n = 0; n < 20_000; n++) log.info('x'.repeat(100));
     const began = performance.now();
     await log.close();
     console.log(performance.now() - began);
     process.exit(0);`,
  );
  const began = performance.now();
  const { code, stdout } = await collect(child);
  t.equal(code, 0);
  t.ok(Number(stdout) < 10_000, `it waited ${stdout} ms`);
  t.ok(performance.now() - began < 15_000);
});

t.test('what others say may be long, and a line is not', async (t) => {
  t.ok(logLine(new Date(), 'lb1', 'info', 'x'.repeat(70_000)).length < 2200);
});

t.test('who has no descriptor left goes on', async (t) => {
  const pings = new URL('../../../lib/heartbeat/process/pings.js', import.meta.url);
  const code = `const { closeSync, existsSync, openSync, readFileSync } = await import('node:fs');
    const { Pings } = await import('${pings}');
    const pings = new Pings(100, () => {});
    const taken = [];
    try { for (;;) taken.push(openSync('/dev/null')); } catch {}
    log.info('lost');
    pings.ask('router', ['127.0.0.1']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const fd of taken) closeSync(fd);
    pings.close();
    log.info('there');
    const { logfile: file } = config;
    const isThere = () => existsSync(file) && readFileSync(file, 'utf8').includes('there');
    while (file && !isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
    await log.close();
    process.exit(7);`;
  const folder = t.testdir();
  const file = join(folder, 'ha-log');
  const child = inChild(file, code, ['prlimit', '--nofile=100:100']);
  t.match(await collect(child), { code: 7, stderr: '' });
  t.match(readFileSync(file, 'utf8'), /there$/m);
  const ofSyslog = inChild(undefined, code, ['prlimit', '--nofile=100:100']);
  t.match(await collect(ofSyslog), { code: 7, stderr: '' });
});

/** A process of its own that logs there.
 *  @param logfile  undefined: to syslog
 *  @param runner   a program that starts it, with its words */
function inChild(
  logfile: string | undefined,
  body: string,
  [runner, ...words]: readonly string[] = [],
) {
  const module = new URL('../../../lib/heartbeat/local/log.js', import.meta.url);
  const config = JSON.stringify({
    logfile,
    logfacility: logfile === undefined ? 'daemon' : 'none',
  });
  const code = `const { openLog } = await import('${module}');
    const config = ${config};
    const log = openLog(config, 'lb1');\n${body}`;
  const line = [...words, process.execPath, '--input-type=module', '-e', code];
  const [program = '', ...args] = runner === undefined ? line : [runner, ...line];
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
}

function textIn(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
