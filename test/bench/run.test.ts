import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { isDead } from '../lab/leftovers.ts';
import { childrenOf, runBench, startBench } from '../support/bench-run.ts';
import { lab } from '../support/lab.ts';

t.test(
  'npm run bench measures the director beside its peers',
  lab('nginx', 'haproxy', 'wrk'),
  async (t) => {
    const { code, out, said } = await runBench('--short', '--only', 'requests');
    t.equal(code, 0, said);
    t.match(out, /^\| l4director \| [\d,]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \|$/m);
    for (const peer of ['haproxy', 'nginx stream', 'pipe', 'direct'])
      t.match(out, new RegExp(`^\\| ${peer} \\| [\\d,]+ `, 'm'));
  },
);

t.test('npm run bench measures DNS over UDP beside nginx', lab('nginx'), async (t) => {
  const { code, out, said } = await runBench('--short', '--only', 'dns');
  t.equal(code, 0, said);
  for (const subject of ['l4director', 'nginx stream', 'direct'])
    t.match(out, new RegExp(`^\\| ${subject} \\| [\\d,]+ \\| [\\d.]+ `, 'm'));
});

t.test(
  'npm run bench ends on a signal, and all that it started',
  lab('nginx', 'haproxy', 'wrk'),
  async (t) => {
    const { bench, ended } = startBench('--short', '--only', 'requests');
    // Its guard, the real servers, the director, HAProxy, and one that makes load.
    while (childrenOf(bench.pid).length < 5) await wait(20);
    const children = childrenOf(bench.pid);
    bench.kill('SIGTERM');
    const { code, said } = await ended;
    t.equal(code, 1);
    t.match(said, 'bench: ended by SIGTERM');
    t.strictSame(
      children.filter((pid) => !isDead(pid)),
      [],
    );
  },
);

t.test('npm run bench -- scale starts and reloads directors', async (t) => {
  const few = ['--services', '20', '--workers', '1', '--rounds', '1', '--out', ''];
  const { code, out, said } = await runBench('scale', ...few);
  t.equal(code, 0, said);
  t.match(out, /^\| 20 \| connect \| 1 \| [\d,]+ \| [\d,]+ \| \d+ \|$/m);
  // Without a spread where both reloads took the same; a processor time below 0 where
  // the second without took a tick of the clock more.
  t.match(
    out,
    /^\| 20 \| on \| 1 \| [\d,]+(?: \([\d,]+ to [\d,]+\))? \| [-\d, ()to]+ \| \d+\.\d/m,
  );
});

t.test('npm run bench says what it does not know, and how it is called', async (t) => {
  const { code, said } = await runBench('--only', 'nothing');
  t.equal(code, 1);
  t.match(said, 'bench: --only nothing: expected rows of requests, ');
  t.match((await runBench('--help')).out, '--workers');
  t.match((await runBench('scale', '--help')).out, '--services');
  t.match(
    (await runBench('kernel', '--help')).out,
    'rows: requests, connections, download',
  );
});
