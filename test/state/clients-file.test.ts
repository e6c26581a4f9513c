import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { LeftClients } from '../../lib/model/heritage.ts';
import { clientsFile } from '../../lib/state/clients-file.ts';
import { seal } from '../../lib/state/sealed.ts';
import { recordingLog } from '../support/recording-log.ts';

const LEFT: readonly LeftClients[] = [
  {
    ...{ service: 'tcp:10.1.1.19:80', server: '10.1.1.21:80', netmask: null },
    clients: ['c0000207', 'c0000208'],
    ends: [1_795_000_000_000, 1_795_000_000_001],
  },
  {
    ...{ service: 'tcp:[2001:db8::1]:80', server: '[2001:db8::2]:80', netmask: '64' },
    clients: ['20010db8000000000000000000000000'],
    ends: [1_795_000_000_002],
  },
];
const TEXTS = LEFT.map((one) => JSON.stringify(one));

function fileIn(folder: string) {
  const path = join(folder, 'clients.json');
  const log = recordingLog();
  return { path, log, file: clientsFile(path, log) };
}

t.test('what was written is read, by whoever comes next', async (t) => {
  const folder = t.testdir();
  const { path, file } = fileIn(folder);
  t.strictSame(await file.read(), [], 'nothing at first');
  await file.write(TEXTS);
  const next = fileIn(folder);
  t.strictSame(await next.file.read(), LEFT);
  t.strictSame(next.log.lines, []);
  await file.write([]);
  t.strictSame(readdirSync(join(path, '..')), [], 'no clients, no file');
});

t.test('cut at any byte, or with any bit turned, it is found out', async (t) => {
  const { path, file, log } = fileIn(t.testdir());
  await file.write(TEXTS);
  const whole = readFileSync(path);
  const isFound = async (bytes: Buffer) => {
    writeFileSync(path, bytes);
    return (await file.read()).length > 0;
  };
  t.ok(await isFound(whole));
  for (let length = 0; length < whole.length; length++)
    if (await isFound(whole.subarray(0, length))) t.fail(`cut behind ${length}`);
  for (let at = 0; at < whole.length; at++) {
    const turned = Buffer.from(whole);
    turned[at] = (whole[at] ?? 0) ^ (1 << (at % 8));
    if (await isFound(turned)) t.fail(`turned at byte ${at}`);
  }
  t.equal(log.lines.length, whole.length * 2, 'each is told');
  t.match(log.lines[0], /it is empty \(clients that persisted .*; it is .*\.bad-/);
  t.equal(readdirSync(join(path, '..')).length, 5, 'the newest set aside stay');
});

t.test('rows that are none are refused', async (t) => {
  const { path, file, log } = fileIn(t.testdir());
  const [good] = LEFT;
  for (const clients of [
    null,
    [null],
    [{ ...good, service: 1 }],
    [{ ...good, server: null }],
    [{ ...good, netmask: 24 }],
    [{ ...good, clients: 'c0000207' }],
    [{ ...good, clients: ['c0000207', 'C0000208'] }],
    [{ ...good, clients: ['c0000207'] }],
    [{ ...good, ends: [1, 'x'] }],
    [{ ...good, ends: null }],
  ]) {
    const text = seal(1, [`"clients":${JSON.stringify(clients)}}`]).join('');
    writeFileSync(path, text);
    t.strictSame(await file.read(), []);
    t.match(log.take(), [/holds no clients|row 1 of its clients is none/]);
  }
});

t.test('a disk that is full is told of once, until there is room again', async (t) => {
  const { path, file, log } = fileIn(t.testdir());
  for (let times = 0; times < 2; times++) {
    symlinkSync('/dev/full', `${path}.new`);
    await file.write(TEXTS);
  }
  t.match(log.take(), [/^Cannot write .*ENOSPC.* scheduled anew after a restart/]);
  await file.write(TEXTS);
  t.strictSame(await file.read(), LEFT);
  symlinkSync('/dev/full', `${path}.new`);
  await file.write(TEXTS);
  t.match(log.take(), [/ENOSPC/]);
});
