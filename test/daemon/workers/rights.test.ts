import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { lab } from '../../support/lab.ts';

const tree = fileURLToPath(new URL('../../../../', import.meta.url));
const fixture = `dist/test/daemon/workers/fixtures/rights${extname(import.meta.url)}`;
/** Where the checkout, or this Node, is closed to others, both are shown to them elsewhere. */
const SET_UP = `set -e
ip link set lo up
cd "$1"
if ! setpriv --reuid=65534 --regid=65534 --clear-groups test -r "$3" -a -x "$2" 2>/dev/null; then
  mount -t tmpfs -o mode=755 tmpfs /mnt
  mkdir /mnt/dist /mnt/node_modules
  cp package.json /mnt
  touch /mnt/node
  mount --bind dist /mnt/dist
  mount --bind node_modules /mnt/node_modules
  mount --bind "$2" /mnt/node
  cd /mnt
  set -- /mnt /mnt/node "$3"
fi
exec "$2" "$3"`;

t.test('root is given up', lab('root', 'namespaces'), async (t) => {
  const words = ['sh', '-c', SET_UP, 'sh', tree, process.execPath, fixture];
  await t.spawn('unshare', ['--net', '--mount', ...words], { timeout: 200_000 });
});
