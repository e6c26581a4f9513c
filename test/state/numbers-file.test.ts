import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { LeftNumbers } from '../../lib/model/heritage.ts';
import { numbersFile } from '../../lib/state/numbers-file.ts';
import { seal } from '../../lib/state/sealed.ts';
import { recordingLog } from '../support/recording-log.ts';

const SERVER = {
  id: '10.1.1.21:80',
  ...{ totalConnections: 9, bytesIn: 1e12, bytesOut: 2e15, connectFailures: 1 },
};
const ROW: LeftNumbers = {
  id: 'tcp:10.1.1.19:80',
  ...{ acceptedConnections: 10, refusedConnections: 1, retries: 2 },
  ...{ proxyHeaderErrors: 3, sniUnmatched: 5, sniErrors: 4 },
  servers: [SERVER],
};

function fileIn(folder: string) {
  const path = join(folder, 'numbers.json');
  const log = recordingLog();
  return { path, log, file: numbersFile(path, log) };
}

t.test('what was written is taken once', async (t) => {
  const { path, log, file } = fileIn(t.testdir());
  t.strictSame(await file.take(), [], 'nothing at first');
  const gauges = { ...SERVER, activeConnections: 3, inactiveConnections: 0 };
  await file.write([{ ...ROW, servers: [gauges] }]);
  t.strictSame(await file.take(), [ROW], 'counters only');
  t.notOk(existsSync(path));
  t.strictSame(await file.take(), []);
  t.strictSame(log.lines, []);
});

t.test('what a director wrote that counted less is taken', async (t) => {
  const { path, file } = fileIn(t.testdir());
  const { proxyHeaderErrors: _, sniUnmatched: __, sniErrors: ___, ...before } = ROW;
  writeFileSync(path, seal(1, [`"services":${JSON.stringify([before])}}\n`]).join(''));
  t.strictSame(await file.take(), [
    { proxyHeaderErrors: 0, sniUnmatched: 0, sniErrors: 0, ...before },
  ]);
});

t.test('a torn or strange one is set aside, and they begin anew', async (t) => {
  const { path, file, log } = fileIn(t.testdir());
  await file.write([ROW]);
  const torn = readFileSync(path).subarray(0, -1);
  const sealed = (services: unknown) =>
    seal(1, [`"services":${JSON.stringify(services)}}`]).join('');
  for (const text of [
    torn,
    sealed(null),
    sealed([null]),
    sealed([{ ...ROW, retries: -1 }]),
    sealed([{ ...ROW, id: 1 }]),
    sealed([{ ...ROW, servers: null }]),
    sealed([{ ...ROW, servers: [{ ...SERVER, bytesIn: '1' }] }]),
  ]) {
    writeFileSync(path, text);
    t.strictSame(await file.take(), []);
    t.match(log.take(), [/^Cannot read .* \(counters begin anew; it is .*\.bad-/]);
  }
});

t.test('a full disk is told of', async (t) => {
  const { path, file, log } = fileIn(t.testdir());
  symlinkSync('/dev/full', `${path}.new`);
  await file.write([ROW]);
  t.match(log.lines, [/^Cannot write .*ENOSPC.* \(counters will begin anew\)$/]);
});
