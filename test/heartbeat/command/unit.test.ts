import { readFileSync } from 'node:fs';
import t from 'tap';
import { packaged } from '../../support/packaged.ts';

const UNIT = readFileSync(
  packaged('usr/lib/systemd/system/l4heartbeat.service'),
  'utf8',
);
const [HEAD = '', SERVICE = ''] = UNIT.split('[Service]\n');

t.test(
  'a node that was told to stop stays so, and one that dies comes back',
  async (t) => {
    t.match(SERVICE, /^Restart=on-failure$/m);
    t.match(SERVICE, /^RestartSec=100ms$/m);
    // Of its own accord systemd gives up after five starts in ten seconds.
    t.match(HEAD, /^StartLimitIntervalSec=0$/m);
  },
);

t.test('what its scripts have started does not end it', async (t) => {
  // Of its own accord systemd ends a unit one of whose processes ran out of memory.
  t.match(SERVICE, /^OOMPolicy=continue$/m);
  t.match(SERVICE, /^TasksMax=infinity$/m);
  t.match(
    HEAD,
    /^After=.* l4director\.service$/m,
    'a warm director is there before it',
  );
});
