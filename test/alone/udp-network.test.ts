import t from 'tap';
import {
  deadProgram,
  silentDnsHost,
  silentHost,
} from '../engines/net/fixtures/udp-network.ts';
import { lab } from '../support/lab.ts';

t.setTimeout(120_000); // each waits for what a network takes, in one of its own
t.jobs = 2;

const NEEDS = lab('root', 'namespaces');

t.test(
  'over a network, where ICMP errors are rare, a dead server costs no more than that',
  NEEDS,
  (t) => deadProgram(t, 1, 1000),
);

t.test('nor where no second error ever comes', NEEDS, (t) => deadProgram(t, 1, 60_000));

t.test(
  'a host that is gone costs what was sent to it until the check finds out',
  NEEDS,
  (t) => silentHost(t, 1),
);

t.test('with DNS it costs a second and no query', NEEDS, (t) => silentDnsHost(t, 1));
