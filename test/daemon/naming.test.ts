import { readFileSync } from 'node:fs';
import { decode, encode } from 'dns-packet';
import t, { type Test } from 'tap';
import type { Config } from '../../lib/config/config.ts';
import { createClosers } from '../../lib/daemon/closers.ts';
import { createEnding } from '../../lib/daemon/ending.ts';
import { openNaming } from '../../lib/daemon/naming.ts';
import { instanceIn } from '../../lib/instance/instance.ts';
import { aConfig, aService, OPTIONS } from '../support/config.ts';
import { rawUdpServer } from '../support/raw-udp-server.ts';
import { recordingLog } from '../support/recording-log.ts';
import { until } from '../support/site.ts';

/** Names before a director that takes configs as the test says; the answer changes with each question. */
async function bench(t: Test) {
  let asked = 0;
  const dns = await rawUdpServer(t, (query, reply) => {
    const { id = 0, questions = [] } = decode(query);
    const data = `10.0.0.${1 + (asked++ % 200)}`;
    const name = questions[0]?.name ?? '';
    const answers = [{ type: 'A', name, ttl: 0, data } as const];
    reply(encode({ type: 'response', id, questions, answers }));
  });
  const instance = instanceIn(t.testdir(), 'a.cf');
  const closers = createClosers(5_000);
  t.teardown(() => closers.close());
  const applied: Config[] = [];
  const director = {
    refuses: false,
    async apply(config: Config) {
      if (director.refuses) throw new Error('no');
      applied.push(config);
    },
  };
  const naming = openNaming(director, {
    launch: { instance },
    ...{ closers, ending: createEnding(), log: recordingLog() },
  });
  const config = (name: string, ttlMs = 50) => {
    const realsFrom = [{ name, method: 'masq', port: 80, weight: 1 }] as const;
    const plain = aConfig([aService({ options: { ...OPTIONS, realsFrom } })]);
    const server = { address: '127.0.0.1', port: dns.port };
    const ttl = { minTtlMs: ttlMs, maxTtlMs: ttlMs };
    const bounds = { servers: [server], ...ttl, holdMs: undefined };
    const options = { ...plain.options, dns: { ...plain.options.dns, ...bounds } };
    return { ...plain, options };
  };
  return { naming, director, applied, config, file: instance.names };
}

t.test('a config that is refused leaves the names of the one before', async (t) => {
  const { naming, director, applied, config } = await bench(t);
  await naming.apply(config('www.example.com'));
  director.refuses = true;
  await t.rejects(naming.apply(config('other.example.com')), { message: 'no' });
  director.refuses = false;
  const soFar = applied.length;
  await until(() => applied.length > soFar + 1, 'another answer');
  const [service] = applied.at(-1)?.virtuals ?? [];
  t.match(service?.options.realsFrom, [{ name: 'www.example.com' }]);
  t.match(
    naming.status().map(({ name }) => name),
    ['www.example.com'],
  );
});

t.test('what was answered last is on disk before a successor starts', async (t) => {
  const { naming, config, file } = await bench(t);
  await naming.apply(config('www.example.com', 60_000));
  await naming.flush();
  const [known = ''] = naming.status()[0]?.records ?? [];
  t.match(known, /^10\.0\.0\./);
  t.ok(readFileSync(file, 'utf8').includes(`"${known}"`));
});
