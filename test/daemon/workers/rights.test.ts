import { spawnSync } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { lab } from '../../support/lab.ts';

const fixture = fileURLToPath(
  new URL(`./fixtures/rights${extname(import.meta.url)}`, import.meta.url),
);
const AS_NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const reads = ['test', '-r', fixture, '-a', '-x', process.execPath];
const needs = lab('root', 'namespaces');
const why =
  spawnSync('setpriv', [...AS_NOBODY, ...reads]).status === 0
    ? needs
    : { skip: 'needs a checkout and a Node that the user nobody can read' };

t.test('root is given up', why, async (t) => {
  const inside = 'ip link set lo up && exec "$0" "$@"';
  const words = ['sh', '-c', inside, process.execPath, fixture];
  await t.spawn('unshare', ['--net', ...words], { timeout: 200_000 });
});
