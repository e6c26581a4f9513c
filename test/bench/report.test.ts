import t from 'tap';
import { readOptions } from '../../bench/options.ts';
import { report } from '../../bench/report/report.ts';
import type { Sample } from '../../bench/samples.ts';

const OPTIONS = readOptions(['--workers', '1', '--rounds', '3']);

function samples(
  row: string,
  subject: string,
  figures: readonly Readonly<Record<string, number>>[],
  point = '',
): readonly Sample[] {
  return figures.map((one) => ({ row, point, subject, figures: one }));
}

const REQUESTS = [
  ...samples('requests', 'haproxy', [
    { rate: 1000, cpu: 20 },
    { rate: 3000, cpu: 22 },
    { rate: 2000, cpu: 18 },
  ]),
  ...samples('requests', 'l4director', [{ rate: 1500, cpu: 25 }]),
  ...samples('requests', 'direct', [{ rate: 9000 }]),
];

const found = (list: readonly Sample[], failures: readonly string[] = []) =>
  report(OPTIONS, { samples: list, failures }, 'charts', [0, 0, 0]);

t.test('a line a subject, medians with extremes, ratios to HAProxy', async (t) => {
  const { text } = found(REQUESTS);
  t.match(text, '## Requests on kept connections');
  t.match(
    text,
    "| requests/s | of haproxy's | CPU us a request | of haproxy's |\n| --- | ---: |",
  );
  t.match(
    text,
    '| haproxy | 2,000 (1,000 to 3,000) | 1.00 | 20.0 (18.0 to 22.0) | 1.00 |',
  );
  t.match(text, '| l4director | 1,500 | 0.75 | 25.0 | 1.25 |');
  t.match(text, '| direct | 9,000 | 4.50 |  |  |');
});

t.test('what tells of the load is not compared', async (t) => {
  const { text } = found(
    samples('latency', 'haproxy', [
      { rate: 5000, p50: 100, p99: 200, p999: 300, late: 9 },
    ]),
  );
  t.match(text, '| haproxy | 5,000 | 100 | 1.00 | 200 | 1.00 | 300 | 1.00 | 9 |');
});

t.test('a curve has a column for each point and one for the growth', async (t) => {
  const { text } = found([
    ...samples('servers', 'haproxy', [{ cpu: 20, rate: 1 }], '2 real servers'),
    ...samples('servers', 'haproxy', [{ cpu: 30, rate: 1 }], '2,000 real servers'),
    ...samples('servers', 'pen', [{ cpu: 10, rate: 1 }], '2 real servers'),
  ]);
  t.match(text, 'CPU us a connection, 2,000 real servers');
  t.match(text, '| haproxy | 20.0 | 1.00 | 30.0 | 1.00 | 1.50 |');
  t.match(text, '| pen | 10.0 | 0.50 |  |  |  |');
});

t.test('the text refers to every chart, and to no other', async (t) => {
  const { text, charts } = found(REQUESTS);
  const images = [...text.matchAll(/!\[[^\]]*\]\(charts\/(\w+)\.svg\)/g)].map(
    ([, name]) => name,
  );
  t.strictSame(images, Object.keys(charts));
  t.strictSame(images, ['requests']);
});

t.test('what failed and what was left out is told', async (t) => {
  const workers = readOptions(['--workers', '1', '--only', 'requests']);
  const told = report(
    { ...workers, node: process.execPath },
    { samples: REQUESTS, failures: ['pen, requests: wrk: Socket errors'] },
    '',
    [0, 0, 0],
  );
  t.match(told.text, '## What failed\n\n- pen, requests: wrk: Socket errors');
  t.notMatch(told.text, '.svg');
});
