import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createChildren } from '../../lib/daemon/children.ts';
import { silent } from '../support/control.ts';

t.test('of those that the director before had, what is gone is stopped', async (t) => {
  const folder = t.testdir({ said: '' });
  const said = join(folder, 'said');
  const program = join(folder, 'program');
  writeFileSync(program, `#!/bin/sh\necho "$@" >>${said}\n`, { mode: 0o755 });
  const children = createChildren([program], silent);
  children.adopt(['gone.cf', 'kept.cf']);
  t.same(children.current, ['gone.cf', 'kept.cf']);
  await children.converge(['kept.cf', 'new.cf']);
  t.same(readFileSync(said, 'utf8').split('\n'), [
    'gone.cf stop',
    'kept.cf reload',
    'new.cf start',
    '',
  ]);
  t.same(children.current, ['kept.cf', 'new.cf']);
});
