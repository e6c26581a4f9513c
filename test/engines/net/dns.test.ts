import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { dnsFailover } from '../../support/dns-story.ts';
import { lab } from '../../support/lab.ts';

t.test(
  'a DNS server that dies costs the queries in flight',
  lab('named', 'root'),
  async (t) => {
    await dnsFailover(t, createNetEngine());
  },
);
