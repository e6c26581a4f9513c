import type { KernelStage } from './kernel-stage.ts';

/** What other programs have on a host that we are on too: base chains at every hook that we use, just
 *  before and after ours; names that ours have as well; a table whose name begins as ours does. */
const THEIRS = `
table inet other {
  set seen { type ipv4_addr; flags timeout; timeout 1h; }
  map services/ip { type ipv4_addr . inet_proto . inet_service : verdict
    elements = { 203.0.113.1 . tcp . 80 : drop }
  }
  counter dropped { }
  chain services { ip daddr 203.0.113.2 counter name dropped drop comment "theirs"; }
  chain in {
    type filter hook prerouting priority -200;
    ip daddr 203.0.113.1 drop comment "theirs"
    ip daddr . meta l4proto . th dport vmap @services/ip
    jump services
  }
  chain forward { type filter hook forward priority 0; ip daddr 203.0.113.3 reject; }
}
table inet l4director_ldirectord.cf2 {
  chain prerouting { type nat hook prerouting priority -100; ip daddr 203.0.113.4 dnat ip to 203.0.113.5; }
}
table ip nat {
  chain prerouting { type nat hook prerouting priority -90; }
  chain output { type nat hook output priority -110; }
  chain postrouting { type nat hook postrouting priority 90; oifname "nowhere9" masquerade; }
}
table ip6 nat {
  chain prerouting { type nat hook prerouting priority -101; }
}
`;

/** Puts these on the stage's director.
 *  @returns reads all of it back, with handles, which a thing made anew would not have */
export async function neighbours({
  director,
  nft,
}: KernelStage): Promise<() => Promise<string>> {
  await director.run('sh', '-c', `nft -f - <<'EOF'\n${THEIRS}\nEOF`);
  const tables = [...THEIRS.matchAll(/^table (\S+) (\S+)/gm)];
  return async () => {
    let text = '';
    for (const [, family = '', name = ''] of tables)
      text += await nft('-a', 'list', 'table', family, name);
    return text;
  };
}
