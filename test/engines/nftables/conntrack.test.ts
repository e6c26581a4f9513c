import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import {
  type ConntrackTimes,
  watchConntrack,
} from '../../../lib/engines/nftables/conntrack.ts';
import { identify, isAlive } from '../../../lib/instance/process.ts';
import { recordingLog } from '../../support/recording-log.ts';

const FLOW =
  'src=10.1.1.9 dst=10.1.1.19 sport=9 dport=80 src=10.1.2.21 dst=10.1.1.9 sport=80 dport=9';
const NEW = `echo '    [NEW] tcp      6 120 SYN_SENT ${FLOW} id=1'`;
const KNOWN = `echo 'tcp      6 120 ESTABLISHED ${FLOW} id=2'`;
const QUICK = { settle: 1, retry: 1 };

/** Watches through shell commands in the place of `conntrack -E` and `conntrack -L`; all that the
 *  sink and the log hear is in one record. */
function watching(
  { listen = 'exec sleep 1000', dump = ':' },
  times: Partial<ConntrackTimes> = {},
  signal = new AbortController().signal,
) {
  const heard = recordingLog();
  const script = `case $1 in -E) ${listen};; -L) ${dump};; esac`;
  const watch = watchConntrack({
    sink: {
      event: ({ kind, flow }) => heard.info(`${kind} ${flow.id}`),
      begin: () => heard.info('begin'),
      end: () => heard.info('end'),
      abandon: () => heard.info('abandon'),
    },
    log: { warn: (message) => heard.warn(`warned: ${message}`) },
    signal,
    program: ['/bin/sh', '-c', script, 'conntrack'],
    times: { ...QUICK, ...times },
  });
  t.teardown(() => watch.close());
  return { watch, heard };
}

t.test('events and a dump reach the sink', async (t) => {
  const dump = `[ "$6" != ipv4 ] || ${KNOWN}`;
  const { watch, heard } = watching({ listen: `${NEW}; exec sleep 1000`, dump });
  await heard.saw(/^new 1$/);
  await heard.saw(/^end$/);
  t.same(
    heard.take().filter((line) => line !== 'new 1'),
    ['begin', 'known 2', 'end'],
  );
  await watch.resync();
  t.same(heard.take(), ['begin', 'known 2', 'end']);
});

t.test('both families are dumped', async (t) => {
  const { watch, heard } = watching({ dump: `[ "$6" != ipv6 ] || ${KNOWN}` });
  await watch.resync();
  t.same(heard.take(), ['begin', 'known 2', 'end']);
});

t.test('a dump is made from time to time', async () => {
  const { heard } = watching({}, { period: 5 });
  for (let n = 0; n < 4; n++) {
    await heard.saw(/^end$/);
    heard.take();
  }
});

t.test('events that were lost bring a dump', async (t) => {
  const lost = "read go <$FIFO; echo 'WARNING: We have hit ENOBUFS!' >&2";
  const fifo = join(t.testdir({}), 'fifo');
  spawnSync('mkfifo', [fifo]);
  const listen = `FIFO=${fifo}; ${lost}; exec sleep 1000`;
  const { watch, heard } = watching({ listen });
  await watch.resync();
  heard.take();
  await writeFile(fifo, 'go\n');
  await heard.saw(/^end$/);
  t.same(heard.take(), ['begin', 'end']);
});

t.test('a line without end is left out, and brings a dump', async (t) => {
  const listen = `head -c 100000 /dev/zero | tr '\\0' x; echo; ${NEW}; exec sleep 1000`;
  const { heard } = watching({ listen }, { settle: 300 });
  await heard.saw(/^new 1$/);
  await heard.saw(/^end$/);
  t.pass();
});

t.test(
  'a listener that ends is started again, told once, and a dump follows',
  async (t) => {
    const { heard } = watching({ listen: 'echo no permission >&2; exit 3' });
    for (let n = 0; n < 4; n++) {
      await heard.saw(/^end$/);
      heard.take();
    }
    t.same(
      heard.lines.filter((line) => line.startsWith('warned')),
      [
        'warned: connections are counted late: conntrack: it ended by exit status 3, no permission',
      ],
    );
  },
);

t.test('a dump that fails, or lasts, takes nothing away', async (t) => {
  for (const [dump, words, limitMs] of [
    ['echo broken >&2; exit 1', 'it ended by exit status 1, broken', 10_000],
    ['exec sleep 1000', 'it took more than 0.05 s', 50],
  ] as const) {
    const { watch, heard } = watching({ dump }, { dump: limitMs });
    await watch.resync();
    const all = heard.take();
    t.same(all.slice(0, 2), ['begin', 'abandon']);
    t.match(all[2], `warned: connections may be counted wrong: conntrack: ${words}`);
    t.notOk(all.includes('end'));
    await watch.close();
  }
});

t.test('without the program it says so, and ends when told', async (t) => {
  const heard = recordingLog();
  const ignore = () => {};
  await using _watch = watchConntrack({
    sink: { event: ignore, begin: ignore, end: ignore, abandon: ignore },
    log: heard,
    signal: new AbortController().signal,
    program: ['/nonexistent/conntrack'],
  });
  t.match(await heard.saw(/late/), /conntrack: spawn .*ENOENT/);
});

t.test('close ends its children; nothing is heard after it', async (t) => {
  const file = join(t.testdir({}), 'pid');
  const listen = `echo $$ >${file}; while :; do ${NEW}; done`;
  const { watch, heard } = watching({ listen, dump: 'exec sleep 1000' });
  await heard.saw(/^new 1$/);
  await heard.saw(/^begin$/);
  const child = identify(Number(await readFile(file, 'utf8')));
  t.ok(child);
  const resync = watch.resync();
  await watch.close();
  t.notOk(child && isAlive(child));
  await resync;
  heard.take();
  await new Promise((resolve) => setImmediate(resolve));
  t.same(heard.take(), []);
  await watch.close();
});

t.test('its signal ends it too, also one that is over before', async () => {
  const stop = new AbortController();
  const { watch } = watching({}, {}, stop.signal);
  stop.abort();
  await watch.resync();
  await watch.close();
  await watching({}, {}, AbortSignal.abort()).watch.close();
});
