import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { dnsFailover, dnsOverBoth, dnsperfFailover } from '../../support/dns-story.ts';
import { lab } from '../../support/lab.ts';

t.test(
  'a DNS server that dies costs the queries in flight',
  lab('named', 'root'),
  async (t) => {
    await dnsFailover(t, createNetEngine());
  },
);

t.test(
  'nor does dnsperf lose more, which has many queries under way from one port',
  lab('named', 'dnsperf', 'root'),
  (t) => dnsperfFailover(t, createNetEngine()),
);

t.test(
  'what is too large for a datagram comes over TCP from the same address',
  lab('named', 'root'),
  (t) => dnsOverBoth(t, createNetEngine()),
);
