import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../../lab/traffic.ts';
import type { Further, Scenario } from '../scenario.ts';
import { oursOf, type Stage } from '../stage.ts';
import { socketOf } from '../subjects/l4director.ts';
import { ask } from '../subjects/line.ts';

const NAME = 'l4director-connections.log';
const INI = `[log]\nconnections = yes\nconnections-file = /var/log/${NAME}\n`;
/** A line from its begin to its end. */
const WHOLE =
  /^\S+:\d+ \[\S+\] tcp:\S+ \S+ \d+\/-?\d+\/\d+ \d+ \S\S (\d+\/){4}\+?\d+ 0\/0$/;
/** Lines are written by then, or are not. */
const WRITTEN_MS = 5000;
/** What waits for a place that was left is dropped after 5 s. */
const DROPPED_MS = 6000;

/** The director's /var/log, and what stood there before it had a disk of its own there. */
async function folders({ subject, director }: Stage): Promise<readonly string[]> {
  const seen = `/proc/${await subject.pid()}/root/var/log`;
  const before = join(director.folder, 'log');
  const [one, other] = await Promise.all([stat(seen), stat(before)]);
  return one.dev === other.dev && one.ino === other.ino ? [before] : [before, seen];
}

/** All lines that were written to files whose names begin so. */
async function linesOf(stage: Stage, name: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const folder of await folders(stage))
    for (const file of await readdir(folder)) {
      if (!file.startsWith(name)) continue;
      const text = await readFile(join(folder, file), 'latin1');
      lines.push(...text.split('\n').filter(Boolean));
    }
  return lines;
}

/** Lines of the connection log that the director counts as dropped. */
async function dropped({ director }: Stage): Promise<number> {
  // It is HTTP, and its last line feed is the command's.
  const text = await ask(socketOf(director), 'GET /metrics HTTP/1.0\r\n\r');
  const found = /^l4director_log_lines_dropped_total\{log="connections"\} (\d+)/m.exec(
    text,
  );
  if (!found) throw new Error(`no count of dropped lines in ${text}`);
  return Number(found[1]);
}

interface Accounts {
  /** Counted as lost. */
  readonly lost: number;
  readonly 'lines missing or doubled': number;
  readonly 'lines cut': number;
}

/** Each client that was let in must have its line, or be counted. */
async function accounts(stage: Stage): Promise<Accounts> {
  const deadline = now() + WRITTEN_MS;
  for (;;) {
    const { acceptedConnections: clients } = await oursOf(stage).service();
    const lines = await linesOf(stage, NAME);
    const lost = await dropped(stage);
    const whole = lines.filter((line) => WHOLE.test(line)).length;
    const missing = Math.abs(clients - whole - lost);
    const cut = lines.length - whole;
    if (missing === 0 || now() > deadline)
      return { lost, 'lines missing or doubled': missing, 'lines cut': cut };
    await sleep(100);
  }
}

async function inItsMounts(stage: Stage, script: string): Promise<void> {
  const pid = String(await stage.subject.pid());
  await stage.director.run('nsenter', '-t', pid, '-m', '/bin/sh', '-ec', script);
}

/** A disk that has room for some lines still, and ends within one. */
const FULL = `mount -t tmpfs -o size=16m none /var/log
dd if=/dev/zero of=/var/log/much bs=64k 2>/dev/null || truncate -s -4k /var/log/much`;

/** What happens to logs. */
export const logs: readonly Scenario[] = [
  {
    name: 'logs are rotated by rename, and USR1 every other time',
    peer: false,
    ini: INI,
    further: { 'lines missing or doubled': 0, 'lines cut': 0, 'lines lost': 0 },
    rounds: [4, 60],
    async play(stage, rounds) {
      const file = join(stage.director.folder, 'log', NAME);
      for (let round = 0; round < rounds; round++) {
        while (!(await stat(file).catch(() => undefined))) await sleep(20);
        await rename(file, `${file}.${round}`);
        if (round % 2 === 1) process.kill(await stage.subject.pid(), 'SIGUSR1');
        await sleep(500);
      }
      return { afterwards: () => wholeAccounts(stage) };
    },
  },
  {
    name: 'the disk of the logs is full, and has room again',
    peer: false,
    ini: INI,
    // The one within which the disk ended, whose rest was dropped.
    further: { 'lines missing or doubled': 0, 'lines cut': 1, 'losses untold': 0 },
    rounds: [1, 10], // seconds more
    async play(stage, seconds) {
      await inItsMounts(stage, FULL);
      await sleep(2000);
      process.kill(await stage.subject.pid(), 'SIGUSR1');
      await sleep(DROPPED_MS + seconds * 1000);
      await inItsMounts(stage, 'rm /var/log/much');
      return { afterwards: () => toldAccounts(stage) };
    },
  },
];

async function wholeAccounts(stage: Stage): Promise<Further> {
  const { lost, ...further } = await accounts(stage);
  return { ...further, 'lines lost': lost };
}

async function toldAccounts(stage: Stage): Promise<Further> {
  const { lost, ...further } = await accounts(stage);
  if (lost === 0) throw new Error('nothing was lost: this disk was never full');
  const told = (await linesOf(stage, 'ldirectord.log')).some((line) =>
    / lines of the connection log were dropped: /.test(line),
  );
  return { ...further, 'losses untold': told ? 0 : 1 };
}
