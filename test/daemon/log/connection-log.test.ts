import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  createConnectionLog,
  type OpenPlace,
} from '../../../lib/daemon/log/connection-log.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { until } from '../../support/site.ts';

/** Places that keep what they get; of `full` ones all is lost. */
function places() {
  const got: string[] = [];
  const open: OpenPlace = (place, events) => {
    let dropped = 0;
    return {
      push(text, lines = 1) {
        if (!place.startsWith('full')) got.push(`${place}: ${text}`);
        else {
          dropped += lines;
          t.equal(
            events.lost(lines, 'ENOSPC'),
            '',
            'no line among those of connections',
          );
        }
      },
      get dropped() {
        return dropped;
      },
      close: async () => true,
    };
  };
  return { got, open };
}

t.test('a reload moves it, and it is opened when there is a line', async (t) => {
  const { got, open } = places();
  const log = createConnectionLog('/a', recordingLog(), open);
  log.write('1\n', 1, 0);
  log.follow('/a');
  log.follow('/b');
  log.write('2\n', 1, 0);
  log.reopen();
  log.write('3\n', 1, 0);
  t.same(got, ['/a: 1\n', '/b: 2\n', '/b: 3\n']);
  t.ok(await log.close(1000));
});

t.test('lost lines are counted, and told of once a minute', async (t) => {
  const { open } = places();
  const own = recordingLog();
  const log = createConnectionLog('full 1', own, open);
  log.write('1\n2\n', 2, 0);
  log.write('3\n', 1, 4);
  log.follow('full 2');
  log.write('4\n', 1, 0);
  t.equal(log.dropped, 8);
  t.same(own.lines, ['2 lines of the connection log were dropped: ENOSPC']);
  t.ok(await log.close(1000));
});

t.test(
  'a file is followed over a rename, and made with its folder there',
  async (t) => {
    const folder = t.testdir();
    const file = join(folder, 'connections.log');
    const log = createConnectionLog(file, recordingLog());
    log.write('1\n2\n', 2, 0);
    await until(
      () => existsSync(file) && readFileSync(file, 'utf8') !== '',
      'two lines',
    );
    renameSync(file, `${file}.1`);
    log.write('3\n', 1, 0);
    t.ok(await log.close(5000));
    t.equal(readFileSync(`${file}.1`, 'utf8'), '1\n2\n');
    t.equal(readFileSync(file, 'utf8'), '3\n');
  },
);

t.test('a place that cannot be had is told of, and costs the lines', async (t) => {
  const own = recordingLog();
  const log = createConnectionLog(join(t.testdir({ a: '' }), 'a', 'b'), own);
  log.write('1\n', 1, 0);
  await own.saw(/Cannot write to connections-file .*ENOTDIR/);
  t.ok(await log.close(10));
  const none = createConnectionLog('local9', own);
  none.write('1\n2\n', 2, 0);
  t.equal(none.dropped, 2);
  await own.saw(/No connection log: connections-file = "local9": expected a path or/);
  await own.saw(/^2 lines of the connection log were dropped: there is no place/);
  t.ok(await none.close(10));
});

t.test('what a full disk did not take by the end is counted and told', async (t) => {
  const own = recordingLog();
  const log = createConnectionLog('/dev/full', own);
  log.write('1\n2\n', 2, 0);
  await own.saw(/Cannot write to connections-file \/dev\/full: .*ENOSPC/);
  log.write('3\n', 1, 0);
  t.equal(log.dropped, 0, 'they wait');
  t.ok(await log.close(10));
  t.equal(log.dropped, 3);
  t.match(own.lines.at(-1), /^3 lines of the connection log were dropped: .*ENOSPC/);
});

t.test('nor is what waits when it is opened anew lost unseen', async (t) => {
  let waiting = 0;
  let dropped = 0;
  const own = recordingLog();
  const log = createConnectionLog('/a', own, (_, { lost }) => ({
    push(__, lines = 1) {
      waiting += lines;
    },
    get dropped() {
      return dropped;
    },
    async close() {
      await new Promise(setImmediate);
      dropped = waiting;
      lost(dropped, 'ENOSPC');
      return true;
    },
  }));
  log.write('1\n2\n', 2, 0);
  log.reopen();
  t.equal(log.dropped, 0);
  await own.saw(/^2 lines of the connection log were dropped: ENOSPC/);
  t.equal(log.dropped, 2);
  t.ok(await log.close(10));
  t.equal(log.dropped, 2, 'once');
  t.equal(own.lines.length, 1);
});
