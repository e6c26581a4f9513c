import t from 'tap';
import { roomIn } from '../../bench/open-files.ts';
import { readOptions, USAGE, within } from '../../bench/options.ts';
import { ROWS } from '../../bench/rows/index.ts';

t.test(
  'without words every row is measured, with one worker, on this Node',
  async (t) => {
    const { only, workers, node, out, rounds } = readOptions([]);
    t.strictSame(only, Object.keys(ROWS));
    t.strictSame(workers, [1]);
    t.equal(node, process.execPath);
    t.equal(out, undefined);
    t.equal(rounds, 5);
  },
);

t.test('the short form is one round and writes no file, unless asked', async (t) => {
  t.match(readOptions(['--short']), { rounds: 1, seconds: 1, out: '' });
  t.match(readOptions(['--short', '--rounds', '3', '--out', 'x.md']), {
    rounds: 3,
    out: 'x.md',
  });
});

t.test('lists of rows and of workers', async (t) => {
  const asked = readOptions(['--only', 'open,idle', '--workers', '1,2,4,2']);
  t.strictSame(asked.only, ['open', 'idle']);
  t.strictSame(asked.workers, [1, 2, 4]);
});

const WRONG: Readonly<Record<string, readonly string[]>> = {
  'a row that is none': ['--only', 'requests,toString'],
  'no whole number of rounds': ['--rounds', '1.5'],
  'no round': ['--rounds', '0'],
  'more workers than sense': ['--workers', '65'],
  'an option that is none': ['--fast'],
};

for (const [what, argv] of Object.entries(WRONG))
  t.test(`refuses ${what}`, async (t) => {
    t.throws(() => readOptions(argv), TypeError);
  });

t.test('idle connections keep within the limit of open files', async (t) => {
  const asked = readOptions([]);
  t.match(within(asked, roomIn(20_000)), { idle: 5000, open: 7350 });
  t.match(within(asked, roomIn(4096)), { idle: 724, open: 1224 });
  t.match(within(asked, roomIn(131_072)), { idle: 5000, open: 50_000 });
});

t.test('the usage names every row', async (t) => {
  for (const name of Object.keys(ROWS)) t.match(USAGE, name);
});
