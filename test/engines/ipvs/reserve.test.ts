import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { IpvsSite } from '../../support/ipvs-site.ts';
import { lab } from '../../support/lab.ts';
import { until } from '../../support/site.ts';

const CONFIG = `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=10.1.1.19:80
    real=10.1.1.21:80 gate
    real=10.1.1.22:80 gate
    checktype=external
    checkcommand=FOLDER/check
`;
const INI = `[net]
engine = ipvs
[checks]
spares = 10.1.1.31:80 gate 2, 10.1.1.32:80 gate
fallbacks = 10.1.1.41:80 gate, 10.1.1.42:80 gate 3
`;
const SERVICE = 'TCP  10.1.1.19:80 wrr';
/** A client at 10.1.1.31, as procfs shows it. */
const AT_SPARE = 'TCP C0000207 C827 0A010113 0050 0A01011F 0050 ESTABLISHED     897';

t.test(
  'IPVS has of the reserve who is in, and who still has clients',
  lab('perl'),
  async (t) => {
    const site = new IpvsSite(t, '');
    site.write(CONFIG.replace('FOLDER', site.folder));
    site.options(INI);
    // Up are the servers that have a file.
    site.place('check', `#!/bin/sh\ntest -e "${site.folder}/$3"\n`);
    const up = (host: number) => writeFileSync(join(site.folder, `10.1.1.${host}`), '');
    const down = (host: number) => rmSync(join(site.folder, `10.1.1.${host}`));
    const shows = (
      ...weights: readonly (readonly [host: number, weight: number])[]
    ) => {
      const rows = weights.map(
        ([host, weight]) => `  10.1.1.${host}:80 Route ${weight} u:0 l:0`,
      );
      const wanted = [SERVICE, ...rows].join('\n');
      return until(() => site.table.rows().join('\n') === wanted, wanted);
    };
    const on = '-t 10.1.1.19:80 -r';
    for (const host of [21, 22, 31, 32, 41, 42]) up(host);
    t.equal((await site.run('start')).code, 0);
    await shows([21, 1], [22, 1]);
    site.table.take();

    down(21);
    await shows([21, 0], [22, 1], [31, 2]);
    t.same(site.table.take().toSorted(), [
      `-a -t 10.1.1.19:80 -x 0 -y 0 -r 10.1.1.31:80 -g -w 2`,
      `-e ${on} 10.1.1.21:80 -g -w 0`,
    ]);

    site.table.connect(AT_SPARE);
    up(21);
    await shows([21, 1], [22, 1], [31, 0]);
    t.same(site.table.take().toSorted(), [
      `-e ${on} 10.1.1.31:80 -g -w 0`,
      `-e -t 10.1.1.19:80 -x 0 -y 0 -r 10.1.1.21:80 -g -w 1`,
    ]);
    const shown = await site.run('show');
    t.match(shown.stdout, /10\.1\.1\.31:80 \(spare\) .* 0\/2 +standby/);
    site.table.connect();
    await shows([21, 1], [22, 1]);
    t.same(site.table.take(), [`-d ${on} 10.1.1.31:80`]);

    for (const host of [21, 22, 31, 32]) down(host);
    await shows([21, 0], [22, 0], [41, 1], [42, 3]);
    down(42);
    await shows([21, 0], [22, 0], [41, 1]);
    t.equal((await site.run('stop')).code, 0);
    t.same(site.table.rows(), []);
  },
);
