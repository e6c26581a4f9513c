import t from 'tap';
import { late } from '../../lib/model/late.ts';

t.test('a part whose file has gone: the program was replaced', async (t) => {
  const gone: string = './no-such-part.js';
  await t.rejects(
    late(() => import(gone)),
    /^another version was installed .* "l4director upgrade", or a restart,/,
  );
});

t.test('what cannot be loaded otherwise is told as it is', async (t) => {
  const absent: string = 'no-such-package';
  await t.rejects(
    late(() => import(absent)),
    /^Cannot find package 'no-such-package'/,
  );
});

t.test('what is there is loaded', async (t) => {
  t.match(await late(() => import('node:path')), { sep: '/' });
});
