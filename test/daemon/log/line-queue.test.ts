import t from 'tap';
import { createLineQueue } from '../../../lib/daemon/log/line-queue.ts';
import { until } from '../../support/site.ts';

const lost = (count: number, reason: string): string => `${count} lost: ${reason}\n`;

/** A destination that can be full, takes a few bytes at a time, and keeps what it got. */
class Disk {
  full = false;
  text = '';
  readonly write = async (bytes: Buffer): Promise<number> => {
    if (this.full) throw new Error('ENOSPC');
    const some = bytes.subarray(0, 7);
    this.text += some.toString();
    return some.length;
  };
}

t.test('lines arrive whole and in order, however little a write takes', async (t) => {
  const disk = new Disk();
  const queue = createLineQueue(disk.write, lost);
  for (let n = 0; n < 5; n++) queue.push(`line number ${n}\n`);
  t.ok(await queue.close(5_000));
  t.equal(disk.text, [0, 1, 2, 3, 4].map((n) => `line number ${n}\n`).join(''));
});

t.test(
  'while the disk is full lines wait; what is too much is counted and told',
  async (t) => {
    const disk = new Disk();
    disk.full = true;
    const queue = createLineQueue(disk.write, lost, 3);
    queue.push('a\n');
    await new Promise(setImmediate); // a is being written from now on
    for (const line of ['b\n', 'c\n', 'd\n', 'e\n', 'f\n']) queue.push(line);
    disk.full = false;
    await until(() => disk.text.includes('lost'), 'the end of the shortage');
    t.match(disk.text, /^a\n/);
    t.match(disk.text, '2 lost: ENOSPC\n');
    t.match(disk.text, 'b\nc\nd\n');
    t.ok(await queue.close(5_000));
  },
);

t.test('closing waits no longer than told for a disk that stays full', async (t) => {
  const disk = new Disk();
  disk.full = true;
  const queue = createLineQueue(disk.write, lost);
  queue.push('a\n');
  t.ok(await queue.close(10), 'nothing is stuck');
  disk.full = false;
  queue.push('b\n');
  t.equal(disk.text, '', 'it takes nothing more');
});

t.test('what is not written by the end is counted and told', async (t) => {
  const disk = new Disk();
  const told: string[] = [];
  const write = async (bytes: Buffer) => {
    const written = await disk.write(bytes);
    disk.full = true; // within the second line
    return written;
  };
  const queue = createLineQueue(write, (...loss) => {
    told.push(loss.join(' '));
    return '';
  });
  for (const line of ['one\n', 'two two\n', 'three\n']) queue.push(line);
  await until(() => disk.full, 'the first write');
  queue.push('four\nfive\n', 2);
  t.ok(await queue.close(10));
  t.equal(disk.text, 'one\ntwo');
  t.equal(queue.dropped, 4);
  t.same(told, ['4 ENOSPC']);
});

t.test('a write that never returns is told as stuck', async (t) => {
  const queue = createLineQueue(() => new Promise(() => {}), lost);
  queue.push('a\n');
  t.notOk(await queue.close(10));
});
