import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Host } from '../../lab/network.ts';

/** It is scheduled as the nodes are: on a busy machine it would see late what was in time. */
const REALTIME = ['--rr', '1', process.execPath, '-e'];
const LOOK = `
const { readFileSync } = require('node:fs');
const watch = setInterval(() => {
  if (!readFileSync('/proc/net/fib_trie', 'latin1').includes('|-- ' + process.argv[1] + '\\n')) return;
  clearInterval(watch);
  console.log(Number(process.hrtime.bigint() / 1000n) / 1000);
}, 10);
console.log('watching');
`;

/** Watches a host that does not have that address yet; resolves when it is watched.
 *  @returns  when the host had it, to ten milliseconds, on the clock of `now` of test/lab/traffic.ts */
export async function gets(
  host: Host,
  address: string,
): Promise<{ readonly at: Promise<number> }> {
  const child = host.spawn('chrt', [...REALTIME, LOOK, address], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!child.stdout) throw new Error('no output');
  const lines = createInterface(child.stdout);
  await once(lines, 'line');
  return { at: once(lines, 'line').then(([line]) => Number(line)) };
}
