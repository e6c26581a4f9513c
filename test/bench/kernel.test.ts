import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { compared } from '../../bench/kernel/compared.ts';
import { kernelObstacle, readKernelOptions } from '../../bench/kernel/options.ts';
import { kernelReport } from '../../bench/kernel/report.ts';
import type { Sample } from '../../bench/samples.ts';
import { isDead } from '../lab/leftovers.ts';
import { childrenOf, runBench, startBench } from '../support/bench-run.ts';
import { lab } from '../support/lab.ts';

const NEEDS = lab('namespaces', 'nginx', 'wrk', 'haproxy', 'nft', 'conntrack');

/** Names of the network namespaces that a bench has made. */
function namespacesOf(pid: number | undefined): readonly string[] {
  const folder = '/run/netns';
  const all = existsSync(folder) ? readdirSync(folder) : [];
  return all.filter((name) => name.startsWith(`l4director-bench-${pid}-`));
}

function sample(subject: string, rate: number, work: number): Sample {
  return { row: 'requests', point: '', subject, figures: { rate, work } };
}

const ROUNDS = [
  [sample('net', 50, 40), sample('haproxy', 80, 20), sample('direct', 100, 10)],
  [sample('net', 30, 40), sample('haproxy', 40, 20), sample('direct', 50, 10)],
] as const;

t.test(
  'npm run bench -- kernel measures all beside each other, and leaves nothing',
  NEEDS,
  async (t) => {
    t.setTimeout(120_000);
    const { bench, ended } = startBench('kernel', '--short');
    const { code, out, said } = await ended;
    t.equal(code, 0, said);
    for (const subject of ['net', 'nftables', 'haproxy', 'one rule', 'tracked'])
      t.equal(lines(out, `| ${subject} | `).length, 3, subject);
    t.equal(lines(out, '| direct | ').length, 3);
    for (const line of lines(out, '| nftables | ')) {
      const [rate = '', ofDirect] = line.split(' | ').slice(1);
      t.ok(Number(rate.replaceAll(',', '')) > 0, line);
      t.ok(Number(ofDirect) > 0, line);
    }
    t.strictSame(namespacesOf(bench.pid), []);
  },
);

function lines(text: string, start: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith(start));
}

t.test(
  'npm run bench -- kernel ends on a signal, with its namespaces',
  NEEDS,
  async (t) => {
    const { bench, ended } = startBench('kernel', '--short');
    // Its guard, what makes load, two real servers, and a director.
    while (childrenOf(bench.pid).length < 5) await wait(20);
    const children = childrenOf(bench.pid);
    t.not(namespacesOf(bench.pid).length, 0);
    bench.kill('SIGTERM');
    const { code, said } = await ended;
    t.equal(code, 1);
    t.match(said, 'bench: ended by SIGTERM');
    t.strictSame(namespacesOf(bench.pid), []);
    t.strictSame(
      children.filter((pid) => !isDead(pid)),
      [],
    );
  },
);

t.test('what is asked for, what is no such thing, and who may not', async (t) => {
  t.match(readKernelOptions([]), { rounds: 5, only: ['requests', 'connections'] });
  t.match(readKernelOptions(['--short']), { rounds: 1, out: '' });
  t.throws(() => readKernelOptions(['--only', 'upload']), {
    message: '--only upload: expected rows of requests, connections, download',
  });
  t.match(kernelObstacle(1000), 'it makes network namespaces, which takes root');
  t.match((await runBench('kernel', '--rounds', '0')).said, 'expected a whole number');
});

t.test('ratios are those of a round, and missing where a peer is', async (t) => {
  t.strictSame(
    compared(ROUNDS[0]).map(({ figures }) => figures),
    [
      {
        ...{ rate: 50, work: 40, rateOfDirect: 0.5, rateOfHaproxy: 0.625 },
        ...{ workOfDirect: 4, workOfHaproxy: 2 },
      },
      {
        ...{ rate: 80, work: 20, rateOfDirect: 0.8, rateOfHaproxy: 1 },
        ...{ workOfDirect: 2, workOfHaproxy: 1 },
      },
      {
        ...{ rate: 100, work: 10, rateOfDirect: 1, rateOfHaproxy: 1.25 },
        ...{ workOfDirect: 1, workOfHaproxy: 0.5 },
      },
    ],
  );
  t.strictSame(compared([sample('net', 50, 40)]), [sample('net', 50, 40)]);
});

t.test('its report has medians of rates and of the ratios of rounds', async (t) => {
  const samples = ROUNDS.flatMap(compared);
  const failures = ['requests, nftables: wrk: Socket errors'];
  const options = readKernelOptions([]);
  const { text, charts } = kernelReport(options, { samples, failures }, 'x', [0.5]);
  t.match(text, '| net | 40 (30 to 50) | 0.55 (0.50 to 0.60) | 0.69 (0.63 to 0.75) |');
  t.match(text, '![Requests on kept connections](x/requests.svg)');
  t.match(text, '- failed: requests, nftables: wrk: Socket errors');
  t.strictSame(Object.keys(charts), ['requests']);
  t.match(charts.requests, 'Requests on kept connections: requests/s');
});
