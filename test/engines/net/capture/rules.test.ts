import t from 'tap';
import {
  captureScript,
  captureTable,
} from '../../../../lib/engines/net/capture/rules.ts';

const SCRIPT = `table inet t
delete table inet t
table inet t {
  map services-ip {
    type ipv4_addr . inet_service : ipv4_addr . inet_service
    elements = { 10.1.1.19 . 80 : 10.1.1.19 . 61000, 10.1.1.20 . 80 : 10.1.1.20 . 61001 }
  }
  map services-ip6 {
    type ipv6_addr . inet_service : ipv6_addr . inet_service
    elements = { fe80::1 . 443 : fe80::1 . 61002 }
  }
`;
const RULE =
  'fib daddr type local tcp flags & (fin | syn | rst | ack) == syn dnat ip to ip daddr . tcp dport map @services-ip';

t.test('a script replaces the table, each family in its own map', async (t) => {
  const script = captureScript('t', [
    { address: '10.1.1.19', port: 80, listensAt: 61_000 },
    { address: '10.1.1.20', port: 80, listensAt: 61_001 },
    { address: 'fe80::1%eth0', port: 443, listensAt: 61_002 },
  ]);
  t.equal(script.slice(0, SCRIPT.length), SCRIPT);
  t.equal(script.split(RULE).length - 1, 2, 'for what comes, and what this host sends');
  t.match(script, 'type nat hook prerouting priority -105; policy accept;');
  t.match(script, 'type nat hook output priority -105; policy accept;');
});

t.test('a family without services has an empty map', async (t) => {
  const script = captureScript('t', [
    { address: '10.1.1.19', port: 80, listensAt: 61_000 },
  ]);
  t.match(
    script,
    `  map services-ip6 {
    type ipv6_addr . inet_service : ipv6_addr . inet_service
  }`,
  );
});

t.test("a table has its director's name, in letters that nft reads back", async (t) => {
  t.equal(captureTable('ldirectord.cf'), 'l4director-capture_ldirectord.cf');
  t.equal(captureTable('a b_c'), 'l4director-capture_a_20_b_5f_c');
});
