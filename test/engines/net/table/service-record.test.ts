import t from 'tap';
import { Memory, SHARED_WORDS } from '../../../../lib/engines/net/table/memory.ts';
import { ServiceRecord } from '../../../../lib/engines/net/table/service-record.ts';

const COUNTS = ['accepted', 'refused', 'retries', 'persistence'] as const;
const TALLIES = ['denied', 'limited', 'proxyHeaderErrors'] as const;

t.test('what one record counts is in no other, nor in another worker', async (t) => {
  const memory = new Memory(2);
  memory.grow();
  const record = (number: number, worker: number) =>
    new ServiceRecord(memory.cell(number), worker, worker + 1);
  const one = record(1, 1);
  one.cursor.fill(-1);
  one.changed();
  for (const name of COUNTS) one.count(name, 3);
  for (const name of TALLIES) one.tally(name);
  const others = [record(0, 0), record(0, 1), record(2, 0), record(2, 1)];
  for (const other of [...others, record(1, 0)])
    for (const name of COUNTS) t.equal(other.read(name), 0, name);
  for (const other of others) {
    for (const name of TALLIES) t.equal(other.tallied(name), 0, name);
    t.same([...other.cursor], [0, 0, 0, 0]);
    t.equal(other.version, 0);
  }
  for (const name of COUNTS) t.equal(one.read(name), 3, name);
  for (const name of TALLIES) t.equal(record(1, 0).tallied(name), 1, 'of all workers');
  one.wipe();
  t.equal(
    memory.cell(1).words.slice(memory.cell(1).at).findIndex(Boolean) >= SHARED_WORDS,
    true,
  );
});
