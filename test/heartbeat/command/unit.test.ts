import { readFileSync } from 'node:fs';
import t from 'tap';
import { packaged } from '../../support/packaged.ts';

t.test(
  'a node that was told to stop stays so, and one that dies comes back',
  async (t) => {
    const path = packaged('usr/lib/systemd/system/l4heartbeat.service');
    const [head = '', service = ''] = readFileSync(path, 'utf8').split('[Service]\n');
    t.match(service, /^Restart=on-failure$/m);
    t.match(service, /^RestartSec=100ms$/m);
    // Of its own accord systemd gives up after five starts in ten seconds.
    t.match(head, /^StartLimitIntervalSec=0$/m);
  },
);
