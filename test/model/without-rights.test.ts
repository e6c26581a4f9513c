import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { withoutRights, wordsOf } from '../../lib/model/without-rights.ts';

const status = (uid: number, ambient: string) =>
  `Name:\tnode\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapAmb:\t${ambient}\n`;
const NONE = '0000000000000000';
const BIND = '0000000000000400';

t.test('a script is started as it is where nothing is handed down', async (t) => {
  t.same(wordsOf(status(4242, NONE)), []);
  t.same(wordsOf(status(0, BIND)), [], 'what root starts is root');
  t.same(wordsOf(status(4242, BIND), ['/nowhere/setpriv']), [], 'no setpriv');
  t.same(withoutRights('/bin/x', ['a', 'b'], []), ['/bin/x', ['a', 'b']]);
});

t.test('a setpriv that cannot is not called for scripts', async (t) => {
  const folder = t.testdir();
  for (const [name, code] of [
    ['can', 0],
    ['cannot', 1],
  ] as const)
    writeFileSync(join(folder, name), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
  t.same(wordsOf(status(4242, BIND), [join(folder, 'cannot')]), []);
  t.same(wordsOf(status(4242, BIND), ['/nowhere/setpriv', join(folder, 'can')]), [
    join(folder, 'can'),
    '--inh-caps=-all',
    '--ambient-caps=-all',
    '--',
  ]);
});

t.test('rights are not handed down as the machine is busy', async (t) => {
  const setpriv = join(t.testdir(), 'late');
  writeFileSync(setpriv, '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
  t.equal(wordsOf(status(4242, BIND), [setpriv])[0], setpriv);
});

t.test('what stands before it hands on its arguments', async (t) => {
  const [file, args] = withoutRights('printf', ['%s.', 'a b', '--', ''], ['env', '--']);
  t.equal(spawnSync(file, args, { encoding: 'utf8' }).stdout, 'a b.--..');
});
