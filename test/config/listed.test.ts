import t from 'tap';
import { isListed } from './listed.ts';

const RANGE = 'virtual=10.1.1.19:80\n    real=59.154.201.254->59.154.202.0:80 masq\n';
const at = (address: string, fields = {}) => ({ address, port: 80, ...fields });
const OURS = [at('59.154.201.254'), at('59.154.201.255'), at('59.154.202.0')];

function excused(ours: readonly object[], theirs: readonly object[]): boolean {
  return isListed({ what: 'reals', ours, theirs, lines: ours.map(() => 2) }, RANGE);
}

t.test('servers that decimal text loses or adds are excused', async (t) => {
  t.ok(excused(OURS, []));
  const more = Array.from({ length: 82 }, (_, n) => at(`0.0.0.${8 + n}`));
  t.ok(excused([at('0.0.0.8'), at('0.0.0.9')], more));
});

t.test('any other difference beside a range is not', async (t) => {
  t.notOk(excused(OURS, OURS.slice(0, 2)), 'one lost at the end');
  t.notOk(excused(OURS, OURS.slice(1)), 'one lost at the beginning');
  t.notOk(excused(OURS, [...OURS, at('59.154.202.1')]), 'one more');
  const near = [at('10.0.0.2'), at('10.0.0.3')];
  t.notOk(excused(near, []), 'a range that text compares well');
  t.notOk(excused(near, [at('10.0.0.2', { port: 81 }), at('10.0.0.3')]), 'a port');
});

t.test(
  'a line that only l4director refuses is excused, and no later one',
  async (t) => {
    const ours =
      'real = 10.0.0.2->100.0.2:80 masq: expected a range of at most 65536 addresses';
    const listed = (what: string, lines: readonly number[], message = ours) =>
      isListed({ what, ours: message, theirs: 'Unknown command', lines }, '');
    t.ok(listed('verdict', []));
    t.ok(listed('line', [2, 4]));
    t.notOk(listed('line', [4, 2]));
    t.notOk(listed('line', [2, 4], 'expected gate, masq or ipip'));
  },
);

t.test(
  'a range that takes ldirectord too long is excused, nothing else that does',
  async (t) => {
    const listed = (servers: number) =>
      isListed(
        {
          ...{ what: 'verdict', ours: undefined, theirs: 'timeout\n' },
          lines: Array(servers).fill(2),
        },
        '',
      );
    t.ok(listed(13_000));
    t.notOk(listed(400));
  },
);
