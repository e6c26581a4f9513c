import { monitorEventLoopDelay } from 'node:perf_hooks';
import t from 'tap';
import { createCheckRunner } from '../../lib/checks/runner.ts';
import type { CheckPlan, CheckRunner } from '../../lib/model/check.ts';
import { checkTarget, pattern, silentLog } from '../support/check-target.ts';
import { rawServer, saying } from '../support/raw-server.ts';

const SERVERS = 1000;
const INTERVAL_MS = 2000;
const ROUNDS = 5;

/** The first reports of a plan, with the time when each check began. */
async function watch(runner: CheckRunner, plan: CheckPlan) {
  const reports: { readonly up: boolean; readonly start: number }[] = [];
  await new Promise<void>((resolve) => {
    const subscription = runner.subscribe(plan, ({ up, durationMs }) => {
      reports.push({ up, start: performance.now() - durationMs });
      if (reports.length < ROUNDS) return;
      subscription[Symbol.dispose]();
      resolve();
    });
  });
  return reports;
}

t.test('a thousand real servers are all checked on time', async (t) => {
  const page = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTest Page';
  const server = await rawServer(t, saying(page), undefined, undefined, true);
  const runner = createCheckRunner({ log: silentLog });
  t.teardown(() => runner.close());
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  const servers = await Promise.all(
    Array.from({ length: SERVERS }, (_, index) =>
      watch(runner, {
        intervalMs: INTERVAL_MS,
        target: checkTarget({
          port: server.port,
          // Addresses of their own, so that none shares a check.
          address: `127.0.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
          request: `/${index}`,
          receive: pattern('Test Page'),
        }),
      }),
    ),
  );
  const gaps = servers.flatMap((reports) =>
    // The first two are short on purpose: checks that begin together part ways.
    reports
      .slice(3)
      .map(({ start }, index) => start - (reports[index + 2]?.start ?? 0)),
  );
  gaps.sort((a, b) => a - b);
  const at = (share: number) => Math.round(gaps[Math.floor(gaps.length * share)] ?? 0);
  t.comment(
    `start to start: median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.9999)} ms; ` +
      `event loop p99 ${Math.round(lag.percentile(99) / 1e6)} ms`,
  );
  const up = servers.flat().filter((report) => report.up);
  t.equal(up.length, SERVERS * ROUNDS);
  t.ok(Math.abs(at(0.5) - INTERVAL_MS) < 200, `median gap ${at(0.5)} ms`);
});
