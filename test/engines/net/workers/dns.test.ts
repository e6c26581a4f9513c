import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { dnsFailover, dnsperfFailover } from '../../../support/dns-story.ts';
import { lab } from '../../../support/lab.ts';
import { sharedPort } from '../../../support/shared-port.ts';

t.test(
  'a DNS server that dies costs the queries in flight, with 4 workers',
  { ...lab('named', 'root'), ...sharedPort() },
  async (t) => {
    await dnsFailover(t, createNetEngine({ workers: 4 }));
  },
);

t.test(
  'nor does dnsperf lose more',
  { ...lab('named', 'dnsperf', 'root'), ...sharedPort() },
  (t) => dnsperfFailover(t, createNetEngine({ workers: 4 })),
);
