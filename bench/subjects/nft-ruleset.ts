import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lacks, PROGRAMS } from '../needs.ts';
import type { Kind, Setup } from './subject.ts';

/** What the kernel does by itself under a few rules, with no program at work: to be used in a network
 *  namespace of its own.
 *  @param rules  as nft(8) reads them */
export function nftRuleset(rules: (setup: Setup) => string): Kind {
  return {
    lacks: () => lacks('nft'),
    manyServices: false,
    command: (setup) => {
      const file = join(setup.folder, 'rules.nft');
      writeFileSync(file, rules(setup));
      const load = `"${PROGRAMS.nft.path}" -f "$0" && exec sleep infinity`;
      return ['/bin/sh', '-c', load, file];
    },
  };
}

/** Connections are tracked, as wherever a firewall goes by their state; nothing is replaced. */
export const tracked = nftRuleset(
  () => `table ip bench {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state established,related accept
  }
}
`,
);

/** The least that balances: one rule that replaces the destination, in turns. */
export const oneRule = nftRuleset(({ services, reals }) => {
  const [service] = services;
  const turns = reals.map(({ host }, n) => `${n} : ${host}`).join(', ');
  return `table ip bench {
  chain prerouting {
    type nat hook prerouting priority dstnat;
    ip daddr ${service?.host} tcp dport ${service?.port} dnat to numgen inc mod ${reals.length} map { ${turns} }
  }
}
`;
});
