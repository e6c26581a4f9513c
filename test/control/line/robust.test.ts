import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { COMMANDS } from '../../../lib/control/line/commands.ts';
import { openControl, raw } from '../../support/control.ts';
import { lineClient } from '../../support/line-client.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';

const word = fc.oneof(
  fc.constantFrom(...COMMANDS.flatMap(({ name }) => name.split(' '))),
  fc.constantFrom(
    '#2/#1',
    '#2',
    'tcp:10.1.1.19:80',
    'all',
    'typed',
    'json',
    'key',
    '-1',
    '5%',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor/constructor',
    ';',
    '\\',
    '<<',
    'prompt',
    '-n',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replace(/\n/g, '')),
);

t.test('whatever a line says, it is answered and the next one too', async (t) => {
  const { path } = await openControl(t);
  const line = fc.array(word, { minLength: 1, maxLength: 6 });
  // What may wait for ever, and what ends the talk.
  const patient = (words: readonly string[]) =>
    !/drain|events|quit/.test(words.join(' '));
  await fc.assert(
    fc.asyncProperty(line.filter(patient), async (words) => {
      const answer = await raw(path, `show version;${words.join(' ')}\n`);
      return answer.startsWith('2.6.0-l4director-0.1.0\n\n');
    }),
    { numRuns: 25 },
  );
  t.match(await raw(path, 'show version\n'), '2.6');
});

t.test('rubbish that looks like a command is told so', async (t) => {
  const { path } = await openControl(t);
  for (let round = 0; round < 20; round++) {
    const rubbish = Buffer.concat([
      Buffer.from('s'),
      randomBytes(2_000),
      Buffer.from('\n'),
    ]);
    await raw(path, rubbish);
  }
  t.match(await raw(path, 'show version\n'), '2.6');
});

t.test('a client that asks much and reads nothing is left alone', async (t) => {
  const { path } = await openControl(t, async () => large());
  const client = lineClient(t, path);
  client.socket.pause();
  client.socket.write('show stat\n'.repeat(2_000));
  for (let row = 0; row < 5; row++)
    t.match(await raw(path, 'show version\n'), '2.6', 'others are answered');
  t.ok(process.memoryUsage().rss < 1_000_000_000);
});

function large() {
  const reals = Array.from({ length: 20 }, (_, row) =>
    realStatus({ id: `10.2.0.${row}:80` }),
  );
  return statusDocument({
    services: Array.from({ length: 100 }, (_, row) =>
      serviceStatus({ id: `tcp:10.1.1.${row}:80`, reals }),
    ),
  });
}

/** What this process, server and client, has used since: a busy machine makes it no longer. */
function processorMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

t.test('100 services of 20 are shown in 200 ms of processor', async (t) => {
  const { path } = await openControl(t, async () => large());
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const before = process.cpuUsage();
    const text = await raw(path, 'show stat\n');
    times.push(processorMs(before));
    t.equal(text.split('\n').length, 1 + 100 * 22 + 2);
  }
  const best = Math.min(...times);
  t.comment(`${best.toFixed(0)} ms`);
  t.ok(best < 200, `${best.toFixed(0)} ms`);
});

t.test('a long word is looked at once', async (t) => {
  const { path } = await openControl(t);
  const before = process.cpuUsage();
  t.ok(await raw(path, `show sess ${'1'.repeat(60_000)}!\n`));
  t.ok(processorMs(before) < 1_000, 'the director had time for others');
});
