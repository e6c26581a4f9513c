import type { Host } from '../../lab/network.ts';

/** From then on that host pings those addresses in vain; all else is as before. */
export async function deafen(
  host: Host,
  ...addresses: readonly string[]
): Promise<void> {
  const rule = `ip saddr { ${addresses.join(', ')} } icmp type echo-reply drop`;
  const chain = `chain input {\ntype filter hook input priority 0\n${rule}\n}`;
  await host.run('nft', `table inet deaf {\n${chain}\n}`);
}

export async function hearAgain(host: Host): Promise<void> {
  await host.run('nft', 'delete', 'table', 'inet', 'deaf');
}
