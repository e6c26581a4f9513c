import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { configuration } from '../../bench/scale/config.ts';
import { listeners, listening } from '../../bench/scale/listening.ts';
import { REALS, readScaleOptions } from '../../bench/scale/options.ts';
import { scaleReport } from '../../bench/scale/report.ts';
import { readConfig } from '../../lib/config/index.ts';

t.test('its config has as many services as are asked for, all apart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-test-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'scale.cf');
  const shape = { services: 300, port: 80, realPort: 81, checktype: 'on' } as const;
  writeFileSync(file, configuration(shape, join(folder, 'scale.log')));
  const result = await readConfig(file);
  if (!result.ok) throw new Error(result.errors[0]?.message);
  t.strictSame(result.config.warnings, []);
  const { virtuals } = result.config;
  t.equal(new Set(virtuals.map(({ id }) => id)).size, 300);
  const reals = virtuals.flatMap((service) => service.reals.map(({ id }) => id));
  t.equal(new Set(reals).size, 300 * REALS);
});

t.test('listeners are counted by their port', async (t) => {
  const one = createServer().listen(0, '127.0.0.1');
  await once(one, 'listening');
  const { port } = one.address() as AddressInfo;
  t.equal(listeners(port), 1);
  const two = createServer().listen(port, '127.0.0.2');
  await listening(port, 2, AbortSignal.timeout(10_000));
  one.close();
  two.close();
  await listening(port, 0, AbortSignal.timeout(10_000));
});

t.test('what is asked for, and what is no such thing', async (t) => {
  t.match(readScaleOptions([]), { services: 1000, workers: [1, 2], rounds: 5 });
  t.match(readScaleOptions(['--short']), { services: 100, workers: [1], out: '' });
  t.match(readScaleOptions(['--workers', '1,4']), { workers: [1, 4] });
  t.throws(() => readScaleOptions(['--services', '9999']), {
    message: '--services 9999: expected a whole number from 1 to 5000',
  });
});

t.test('its report has a line for each case', async (t) => {
  const is = { services: 1000, checktype: 'on', workers: 2 } as const;
  const start = { ms: 800.4, cpuMs: 900, memory: 100 * 2 ** 20 };
  const trips = { count: 500, p99: 0.5, longest: 3.26 };
  const reload = { ms: 120, cpuMs: 90, without: trips, with: trips };
  const text = scaleReport(
    { node: process.execPath, rounds: 2 },
    [0.5],
    [{ is, samples: [start, { ...start, ms: 900 }] }],
    [{ is, samples: [reload] }],
  );
  t.match(text, '| 1000 | on | 2 | 850 (800 to 900) | 900 | 100 |');
  t.match(text, '| 1000 | on | 2 | 120 | 90 | 3.3 | 3.3 | 0.50 | 0.50 |');
});
