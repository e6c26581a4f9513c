import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { canShare } from '../../../lib/engines/net/crew/worker-count.ts';
import { lab } from '../../support/lab.ts';

const { node } = process.versions;
const needs = lab('root', 'namespaces');
const why = canShare(node) ? needs : { skip: `Node ${node} cannot share an address` };
const fixture = new URL(
  `./fixtures/upgrade${extname(import.meta.url)}`,
  import.meta.url,
);
const SET_UP =
  'ip link set lo up && sysctl -qw net.ipv4.tcp_migrate_req=1 && exec "$0" "$@"';

t.test('upgrades', why, async (t) => {
  const command = [process.execPath, fileURLToPath(fixture)];
  await t.spawn('unshare', ['--net', 'sh', '-c', SET_UP, ...command], {
    timeout: 150_000,
  });
});
