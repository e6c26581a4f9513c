import t from 'tap';
import { readBesideOptions } from '../../bench/beside/options.ts';
import { runBench } from '../support/bench-run.ts';
import { lab } from '../support/lab.ts';

const HERE = process.cwd();

t.test('what is asked for, and what is no such thing', async (t) => {
  t.match(readBesideOptions([HERE]), { rounds: 20, seconds: 4, out: undefined });
  t.match(readBesideOptions([HERE, '--short']), { rounds: 2, seconds: 1, out: '' });
  t.throws(() => readBesideOptions([]), { message: /expected one folder/ });
  t.throws(() => readBesideOptions([t.testdir()]), { message: /npm ci/ });
});

t.test(
  'a version beside itself makes the same system calls and garbage',
  lab('nginx', 'wrk', 'strace'),
  async (t) => {
    const { code, out, said } = await runBench('beside', HERE, '--short');
    t.equal(code, 0, said);
    for (const call of ['accept4', 'socket', 'connect'])
      t.match(out, `| ${call} | 1.00 | 1.00 |`);
    const [, other, now] = /^\| bytes of heap \| (\d+) \| (\d+) \|$/m.exec(out) ?? [];
    t.ok(Math.abs(Number(other) / Number(now) - 1) < 0.1, `${other} and ${now} bytes`);
    t.match(out, /^\| a request on a kept connection \| [\d.]+ .* \| \d\.\d{3} \|$/m);
  },
);
