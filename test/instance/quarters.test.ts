import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { instanceIn } from '../../lib/instance/instance.ts';
import { endQuarters, prepareQuarters } from '../../lib/instance/quarters.ts';
import { lab } from '../support/lab.ts';

const OTHER = { uid: 65_534, gid: 65_533 };

/** A director of root's, and what becomes of its files. */
function siteOf(t: Test) {
  const folder = mkdtempSync('/tmp/l4d-'); // where root alone has a say, unlike a checkout
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of ['run', 'state']) mkdirSync(join(folder, name));
  const usual = instanceIn(join(folder, 'run'), 'a.cf', join(folder, 'state'));
  const own = instanceIn(join(folder, 'run', 'l4director.a.cf.run'), 'a.cf');
  const prepare = () => prepareQuarters(join(folder, 'run'), usual, OTHER, []);
  const end = () => endQuarters(join(folder, 'run'), usual);
  return { folder, usual, own, prepare, end };
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

t.test('a folder that was opened to others is closed', lab('root'), async (t) => {
  const { own, prepare, end } = siteOf(t);
  const folder = join(own.state, '..');
  prepare();
  chmodSync(folder, 0o777);
  prepare();
  t.match(
    statSync(folder),
    { ...OTHER, mode: 0o040755 },
    'it may be another user’s now',
  );
  chmodSync(folder, 0o2777);
  end();
  t.match(statSync(folder), { uid: 0, gid: 0, mode: 0o040755 });
});

t.test('back and forth, what was in force last goes on', lab('root'), async (t) => {
  const { usual, own, prepare, end } = siteOf(t);
  const folder = join(own.state, '..');
  const asUser = (text: string) => {
    writeFileSync(own.state, text, { mode: 0o600 });
    chownSync(own.state, OTHER.uid, OTHER.gid);
  };
  writeFileSync(usual.state, 'of root', { mode: 0o600 });
  prepare();
  t.equal(readFileSync(own.state, 'utf8'), 'of root');
  rmSync(own.state);
  asUser('of the user');
  const open = openSync(own.state, 'r+');
  t.match(end(), [
    /^Taken over from uid 65534: .*\.state\.json is .*\.state\.json now$/,
  ]);
  writeSync(open, 'afterwards');
  closeSync(open);
  t.equal(readFileSync(usual.state, 'utf8'), 'of the user', 'a copy, of root’s own');
  t.match(statSync(usual.state), { uid: 0, mode: 0o100600 });
  t.match(statSync(folder), { uid: 0 });
  t.notOk(statSync(own.state, { throwIfNoEntry: false }), 'the one there is');
  t.same(end(), [], 'once');

  t.test('what appears there later is not taken over', async (t) => {
    asUser('planted');
    t.same(end(), []);
    t.equal(readFileSync(usual.state, 'utf8'), 'of the user');
  });
  t.test('nor is it in force when the user is back: root’s is younger', async (t) => {
    writeFileSync(usual.state, 'of root again');
    t.match(prepare().told, [
      /state\.json is .*\.bad-.* now: an older run has left it$/,
    ]);
    t.equal(readFileSync(own.state, 'utf8'), 'of root again');
    t.match(statSync(own.state), OTHER);
    t.match(statSync(folder), OTHER);
  });
  t.test('where the user has kept nothing, nothing goes on', async (t) => {
    rmSync(own.state);
    t.same(end(), []);
    t.notOk(statSync(usual.state, { throwIfNoEntry: false }));
  });
});

t.test('what is no file of the user’s own is set aside', lab('root'), async (t) => {
  const { folder, usual, own, prepare, end } = siteOf(t);
  prepare();
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'x', { mode: 0o600 });
  linkSync(secret, own.state);
  symlinkSync(secret, own.clients);
  execFileSync('mkfifo', [own.numbers]);
  const told = end();
  t.equal(told.length, 3);
  for (const line of told)
    t.match(line, / is .*\.bad-.* now: it is not taken over from uid 65534: /);
  for (const kind of ['state', 'clients', 'numbers'] as const) {
    t.notOk(lstatSync(usual[kind], { throwIfNoEntry: false }), kind);
    t.notOk(lstatSync(own[kind], { throwIfNoEntry: false }), kind);
  }
  t.equal(readFileSync(secret, 'utf8'), 'x');
});

t.test(
  'a folder on whose path others have a say is refused',
  lab('root'),
  async (t) => {
    const { folder, prepare } = siteOf(t);
    chownSync(folder, OTHER.uid, OTHER.gid);
    t.throws(prepare, /others than root have a say in what is there, or where that is/);
  },
);
