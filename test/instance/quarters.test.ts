import {
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { instanceIn } from '../../lib/instance/instance.ts';
import { prepareQuarters } from '../../lib/instance/quarters.ts';
import { lab } from '../support/lab.ts';

const OTHER = { uid: 65_534, gid: 65_533 };

/** A director of root's, and what becomes of its files. */
function siteOf(t: Test) {
  const folder = t.testdir({ run: {}, state: {} });
  const usual = instanceIn(join(folder, 'run'), 'a.cf', join(folder, 'state'));
  const own = instanceIn(join(folder, 'run', 'l4director.a.cf.run'), 'a.cf');
  const prepare = () => prepareQuarters(join(folder, 'run'), usual, OTHER, []);
  return { folder, usual, own, prepare };
}

t.test("what root's director has left goes on", lab('root'), async (t) => {
  const { usual, own, prepare } = siteOf(t);
  writeFileSync(usual.state, 'weights', { mode: 0o600 });
  writeFileSync(usual.numbers, 'counters', { mode: 0o600 });
  prepare();
  t.equal(readFileSync(own.state, 'utf8'), 'weights');
  t.equal(readFileSync(own.numbers, 'utf8'), 'counters');
  t.match(statSync(own.state), { ...OTHER, mode: 0o100600 });
  t.notOk(statSync(usual.state, { throwIfNoEntry: false }), 'once');
  t.notOk(statSync(own.clients, { throwIfNoEntry: false }));
  writeFileSync(usual.state, 'older');
  prepare();
  t.equal(readFileSync(own.state, 'utf8'), 'weights', 'its own is younger');
  t.match(statSync(usual.state), { uid: 0 });
});

t.test('nothing that is not that file is given away', lab('root'), async (t) => {
  const { folder, usual, own, prepare } = siteOf(t);
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'x', { mode: 0o600 });
  const roots = { uid: 0, gid: statSync(secret).gid };
  symlinkSync(secret, usual.state);
  linkSync(secret, usual.clients);
  mkdirSync(usual.numbers);
  prepare();
  t.match(statSync(secret), roots);
  t.match(statSync(usual.numbers), { uid: 0 });
  for (const path of [own.state, own.clients, own.numbers])
    t.notOk(statSync(path, { throwIfNoEntry: false }), path);
});

t.test('a link that the other user has made leads nowhere', lab('root'), async (t) => {
  const { folder, usual, own, prepare } = siteOf(t);
  prepare();
  writeFileSync(usual.state, 'weights', { mode: 0o600 });
  symlinkSync(join(folder, 'elsewhere'), own.state);
  prepare();
  t.notOk(statSync(join(folder, 'elsewhere'), { throwIfNoEntry: false }));
  t.match(statSync(usual.state), { uid: 0 });
  rmSync(own.state);
  prepare();
  t.equal(readFileSync(own.state, 'utf8'), 'weights');
});
