import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { openFifo, writeFifo } from '../../../lib/heartbeat/local/fifo.ts';
import { FifoText } from '../../../lib/heartbeat/local/fifo-text.ts';
import type { Message } from '../../../lib/heartbeat/wire/message.ts';

const STANDBY = '>>>\nt=ask_resources\nrsc_hold=all\ninfo=me\n<<<\n';
const MESSAGE: Message = [
  ['t', 'ask_resources'],
  ['rsc_hold', 'all'],
  ['info', 'me'],
];

t.test('messages are found however they are cut', (t) => {
  const text = new FifoText();
  const all = Buffer.from(`${STANDBY}\0rubbish${STANDBY}`);
  const found = [...all].flatMap((byte) => text.take(Buffer.of(byte)));
  t.same(found, [MESSAGE, MESSAGE]);
  t.end();
});

t.test('what is no message is told, and the next one is read', (t) => {
  const text = new FifoText();
  t.same(text.take(Buffer.from(`no head\n<<<\n${STANDBY}`)), [undefined, MESSAGE]);
  t.same(text.take(Buffer.from(`>>>\nno equals sign\n<<<\n${STANDBY}`)), [
    undefined,
    MESSAGE,
  ]);
  const long = `>>>\nt=foo\nx=${'y'.repeat(16_384)}\n<<<\n`;
  t.same(
    text.take(Buffer.from(`${long}${STANDBY}`)),
    [undefined, MESSAGE],
    'no datagram would take it',
  );
  t.same(text.take(Buffer.alloc(70_000, 'x')), [undefined], 'it is bounded');
  t.same(text.take(Buffer.from(STANDBY)), [MESSAGE]);
  t.end();
});

t.test('shell scripts and we ourselves write to it, one after the other', async (t) => {
  const file = join(t.testdir(), 'fifo');
  await t.rejects(writeFifo(file, MESSAGE), { code: 'ENOENT' });
  writeFileSync(file, 'not a FIFO');
  const heard: (Message | undefined)[] = [];
  const fifo = await openFifo(file, (message) => heard.push(message));
  t.ok(statSync(file).isFIFO());
  t.equal(statSync(file).mode & 0o777, 0o600);
  for (let n = 0; n < 2; n++)
    execFileSync('sh', ['-c', `printf '${STANDBY.replaceAll('\n', '\\n')}' > ${file}`]);
  await writeFifo(file, MESSAGE);
  for (let n = 0; n < 200 && heard.length < 3; n++) await sleep(10);
  t.same(heard, [MESSAGE, MESSAGE, MESSAGE]);
  fifo.close();
  for (let n = 0; n < 20; n++) await sleep(10);
  await t.rejects(writeFifo(file, MESSAGE), { code: 'ENXIO' }, 'nobody reads there');
});
