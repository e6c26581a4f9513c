import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readConfig } from '../../lib/config/index.ts';
import { readIni } from '../../lib/config/ini.ts';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';

const CONFIG = `quiescent=no
virtual=10.1.1.19:80
    real=10.0.0.2:80 masq
virtual=10.1.1.19:53
    real=10.0.0.2:53 masq
    protocol=udp
    checktype=ping
`;

async function readWith(t: Test, ini: string) {
  const file = join(t.testdir({ 'a.cf': CONFIG }), 'a.cf');
  writeFileSync(`${file}.ini`, ini);
  const read = await readConfig(file);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.config;
}

/** Lines of `[net]`, and what they make of a service. */
const TAKEN: readonly (readonly [string, Partial<ServiceOptions>])[] = [
  ['', { onDown: undefined }],
  ['on-down = keep', { onDown: 'keep' }],
  ['on-down = kill', { onDown: 'kill' }],
  ['', { maxAgeMs: undefined, maxAgeJitter: 0.1 }],
  ['', { drainDeadlineMs: undefined }],
  ['drain-deadline = 10m', { drainDeadlineMs: 600_000 }],
  ['rebalance = no', { rebalance: undefined }],
  ['rebalance = 20/s', { rebalance: 20 }],
  ['source = no', { source: [] }],
  ['source = 127.0.0.2, 127.0.0.3', { source: ['127.0.0.2', '127.0.0.3'] }],
  ['', { keepaliveMs: 60_000 }],
  ['keepalive = no', { keepaliveMs: Infinity }],
  ['keepalive = 75s', { keepaliveMs: 75_000 }],
  ['max-age = no', { maxAgeMs: undefined }],
  ['max-age = 1h\nmax-age-jitter = 25%', { maxAgeMs: 3_600_000, maxAgeJitter: 0.25 }],
];

t.test('keys of open connections are in force for every service', async (t) => {
  for (const [line, options] of TAKEN) {
    const config = await readWith(t, `[net]\n${line}\n`);
    t.match(config.virtuals[0]?.options, options, line);
    t.strictSame(config.warnings, [], line);
  }
});

const REFUSED: readonly (readonly [string, string])[] = [
  ['on-down = reset', 'expected keep or kill, as in "kill"'],
  ['on-down =', 'expected keep or kill'],
  ['max-age = 0', 'expected a time above 0'],
  ['drain-deadline = soon', 'expected a time above 0'],
  ['rebalance = 20', 'expected how many a second, 1/s to 10000/s, as in "20/s"'],
  ['rebalance = 0/s', 'expected how many a second'],
  ['source = eth0', 'expected no, or addresses with commas between'],
  ['source = 10.0.0.5,', 'expected no, or addresses with commas between'],
  ['keepalive = 500ms', 'expected no, or a time of 1 s or more, as in "75s"'],
  ['max-age-jitter = 10', 'expected a share from 0% to 100%, as in "10%"'],
  ['max-age-jitter = 101%', 'expected a share from 0% to 100%'],
];

t.test('what is wrong about them is an error with its line', async (t) => {
  for (const [line, saying] of REFUSED) {
    const file = join(t.testdir({ 'l.ini': `[net]\n${line}\n` }), 'l.ini');
    const { errors } = await readIni('/nonexistent/a.cf', file);
    t.match(errors, [{ file, line: 2, message: saying }], line);
  }
});

t.test(
  'a source that this host does not have is a warning with its line',
  async (t) => {
    const config = await readWith(t, '[net]\nsource = 127.0.0.2, 192.0.2.77\n');
    t.match(config.warnings, [
      { line: 2, message: '192.0.2.77: expected an address of this host' },
    ]);
  },
);

t.test('a source that is there twice counts once, with a warning', async (t) => {
  const config = await readWith(t, '[net]\nsource = 127.0.0.3, 127.0.0.2,127.0.0.3\n');
  t.match(config.warnings, [
    { line: 2, message: /^source: 127\.0\.0\.3 is there twice/ },
  ]);
  t.strictSame(config.virtuals[0]?.options.source, ['127.0.0.3', '127.0.0.2']);
});
