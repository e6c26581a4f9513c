import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { asideSocket, estateSocket, sweepBeside } from '../../lib/instance/beside.ts';

/** The kernel gives none so high. Source: proc(5), pid_max. */
const NOBODY = 2 ** 22 + 1;

t.test('what dead directors left beside a socket goes, and nothing else', async (t) => {
  const folder = t.testdir();
  const socket = join(folder, 'x.sock');
  const own = [estateSocket(socket, process.pid), asideSocket(socket, process.pid)];
  const others = ['', '.7a', '.before', '.before-', '2.5', `y.${NOBODY}`];
  const kept = [...own, ...others.map((name) => `${socket}${name}`)];
  const stale = [estateSocket(socket, NOBODY), asideSocket(socket, NOBODY)];
  for (const file of [...kept, ...stale]) writeFileSync(file, '');
  sweepBeside(socket);
  const left = readdirSync(folder).map((name) => join(folder, name));
  t.same(left.sort(), kept.sort());
  t.doesNotThrow(() => sweepBeside(join(folder, 'nowhere', 'x.sock')));
});
