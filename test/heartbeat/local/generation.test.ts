import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { nextGeneration } from '../../../lib/heartbeat/local/generation.ts';
import { uuidOfFile } from '../../../lib/heartbeat/local/uuid.ts';

t.test('each run has a larger number, in the file as Heartbeat has it', async (t) => {
  const file = join(t.testdir(), 'hb_generation');
  t.equal(await nextGeneration(file, 1_795_743_899), 1_795_743_900);
  t.equal(readFileSync(file, 'latin1'), '     1795743900\n');
  t.equal(await nextGeneration(file, 5), 1_795_743_901, 'whatever the time of day is');
  writeFileSync(file, '             41\n');
  t.equal(await nextGeneration(file, 5), 42);
});

t.test('a file that holds no number is not guessed at', async (t) => {
  for (const text of ['', 'many', '4294967295'])
    await t.rejects(
      nextGeneration(join(t.testdir({ hb_generation: text }), 'hb_generation'), 5),
      /hb_generation: expected the number of the last run.*remove the file/,
    );
});

t.test('the id is made once, and is for root alone', async (t) => {
  const file = join(t.testdir(), 'hb_uuid');
  const made = await uuidOfFile(file);
  t.equal(made.length, 16);
  t.same(await uuidOfFile(file), made);
  t.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(file, 'short');
  await t.rejects(uuidOfFile(file), /hb_uuid: expected 16 bytes, found 5/);
});
