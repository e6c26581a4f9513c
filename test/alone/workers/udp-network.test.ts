import t from 'tap';
import { deadProgram, silentDnsHost } from '../../engines/net/fixtures/udp-network.ts';
import { lab } from '../../support/lab.ts';
import { sharedPort } from '../../support/shared-port.ts';

t.setTimeout(120_000); // each waits for what a network takes, in one of its own
t.jobs = 2;

const NEEDS = { ...lab('root', 'namespaces'), ...sharedPort() };

t.test('one ICMP error to one worker does for all', NEEDS, (t) =>
  deadProgram(t, 4, 60_000),
);

t.test('with 4 workers too a DNS host that is gone costs no query', NEEDS, (t) =>
  silentDnsHost(t, 4),
);
