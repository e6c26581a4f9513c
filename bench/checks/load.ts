/* The check runner alone, as a process of its own: plans, and what they cost. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { createCheckRunner } from '../../lib/checks/runner.ts';
import type { CheckPlan } from '../../lib/model/check.ts';
import { latenessOf } from './lateness.ts';
import type { Load, LoadHeard } from './protocol.ts';
import { SERVERS_EACH, serverAddress } from './servers.ts';

const load = JSON.parse(process.argv[2] ?? '{}') as Load;

function plan(index: number): CheckPlan {
  const { ports, intervalMs } = load;
  const service = Math.floor(index / SERVERS_EACH);
  const port = ports[service % ports.length] ?? 0;
  return {
    intervalMs,
    target: {
      family: 'inet',
      protocol: 'tcp',
      address: serverAddress(service, index % SERVERS_EACH),
      port,
      realPort: port,
      virtual: '127.0.0.1',
      virtualPort: 80,
      checktype: 'connect',
      service: 'none',
      request: '/',
      receive: undefined,
      httpmethod: 'GET',
      virtualhost: undefined,
      login: '',
      passwd: '',
      database: '',
      secret: '',
      checkcommand: '',
      checkcount: 1,
      checktimeoutMs: 5000,
      negotiatetimeoutMs: 5000,
      tlsVerify: true,
      tlsCa: undefined,
      bodyLimit: 1_048_576,
      proxy: undefined,
    },
  };
}

function tell(heard: LoadHeard): void {
  process.send?.(heard);
}

async function measure(): Promise<void> {
  const { servers, intervalMs, rounds } = load;
  let late: number[] = [];
  let checks = 0;
  let up = 0;
  let resolve = () => {};
  const firstRound = new Promise<void>((done) => {
    resolve = done;
  });
  const log = { debug() {}, info() {}, warn() {}, error: complain };
  const runner = createCheckRunner({ log, started: (lateMs) => late.push(lateMs) });
  const go = once(process, 'message');
  tell({ kind: 'started', memory: process.memoryUsage.rss() });
  await go;
  const began = performance.now();
  for (let index = 0; index < servers; index++)
    runner.subscribe(plan(index), (report) => {
      if (report.up) up++;
      if (++checks === servers) resolve();
    });
  await firstRound;
  tell({ kind: 'first-round', ms: performance.now() - began, up });
  // Until the second check of each, which comes early so that they part ways, is over.
  await wait(2 * intervalMs);
  [late, checks, up] = [[], 0, 0];
  const cpuBefore = process.cpuUsage();
  const from = performance.now();
  tell({ kind: 'measuring' });
  await wait(rounds * intervalMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  tell({
    kind: 'measured',
    seconds: (performance.now() - from) / 1000,
    checks,
    failed: checks - up,
    lateness: latenessOf(late),
    cpu: user + system,
  });
  // Its parent looks at its memory, and ends it.
}

process.on('disconnect', () => process.exit());
await measure();

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
