import type { Host } from '../../lab/network.ts';

const LOST = 30;

/** Of what other nodes send to that host, 30 % are lost from then on, by chance; clients are not concerned. */
export async function lose(host: Host): Promise<void> {
  const rule = `udp dport 694 numgen random mod 100 < ${LOST} counter drop`;
  const chain = `chain input {\ntype filter hook input priority 0\n${rule}\n}`;
  await host.run('nft', `table inet lossy {\n${chain}\n}`);
}

/** How many datagrams were lost there. */
export async function lost(host: Host): Promise<number> {
  const listed = await host.run('nft', 'list', 'table', 'inet', 'lossy');
  return Number(/counter packets (\d+)/.exec(listed)?.[1]);
}
