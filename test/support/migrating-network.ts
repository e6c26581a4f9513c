import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

const SET_UP =
  'ip link set lo up && sysctl -qw net.ipv4.tcp_migrate_req=1 && exec "$0" "$@"';

/** Runs a test file in a network namespace of its own, in which the kernel moves to another listener who waits
 *  at one that closes.
 *  @param name  of a file in `fixtures/` beside the caller's
 *  @param from  the caller's `import.meta.url` */
export async function inMigratingNetwork(
  t: Test,
  name: string,
  from: string,
): Promise<void> {
  const fixture = fileURLToPath(new URL(`./fixtures/${name}${extname(from)}`, from));
  await t.spawn('unshare', ['--net', 'sh', '-c', SET_UP, process.execPath, fixture], {
    timeout: 150_000,
  });
}
