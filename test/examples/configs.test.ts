import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';

const folder = fileURLToPath(new URL('../../../examples', import.meta.url));
const configs = readdirSync(folder).filter((file) => file.endsWith('.cf'));
/** Kept as it came, with its second logfile. */
const SEED = 'seed.cf';

t.test('every config in examples is accepted, without a warning', async (t) => {
  t.ok(configs.length >= 3);
  for (const name of configs) {
    // debug: the log file that it names is not this test's to open
    const read = await readConfig(join(folder, name), { debug: true });
    const errors = read.ok ? [] : read.errors;
    const { warnings } = read.ok ? read.config : read;
    const findings = name === SEED ? errors : [...errors, ...warnings];
    t.same(findings.map(formatDiagnostic), [], name);
    t.ok(read.ok && read.config.virtuals.length > 0, name);
  }
});

t.test('the first ldirectord.cf means what its comments say', async (t) => {
  const read = await readConfig(join(folder, 'ldirectord.cf'), { debug: true });
  if (!read.ok) throw new Error('it is refused');
  const [web, tls, v6, redis] = read.config.virtuals;
  t.match(web, {
    ...{ id: 'tcp:192.0.2.10:80', scheduler: 'wrr', persistent: 300, failurecount: 2 },
    ...{ checkinterval: 5, checktimeout: 3, quiescent: false, service: 'http' },
    ...{ request: '/health.html', virtualhost: 'www.example.com' },
    fallback: { address: '127.0.0.1', port: 80, method: 'gate' },
    reals: [
      { id: '192.0.2.21:80', weight: 3 },
      { id: '192.0.2.22:80', weight: 1 },
    ],
  });
  t.match(tls, {
    id: 'tcp:192.0.2.10:443',
    checktype: 'connect',
    reals: { length: 2 },
  });
  t.match(v6, { id: 'tcp:[2001:db8::10]:80', family: 'inet6', reals: { length: 2 } });
  t.match(redis, { checktype: 'external', checkcommand: '/usr/local/bin/check-redis' });
});

t.test(
  'no comment stands behind a value, where it could become part of it',
  async (t) => {
    for (const name of configs)
      for (const line of readFileSync(join(folder, name), 'utf8').split('\n'))
        t.notMatch(line, /^[^#]*\S.*#/, `${name}: ${line}`);
  },
);
