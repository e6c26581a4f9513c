import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { freePort, Site, until } from '../support/site.ts';

// Not NODE_OPTIONS: the test runner puts its own into every child that there is.
const DIRECTORS = /^(?:NOTIFY_SOCKET|WATCHDOG_|LISTEN_|NODE_CHANNEL_|L4DIRECTOR_)/;

t.test(
  'checks and commands inherit the environment, and nothing of the director',
  async (t) => {
    const site = new Site(t, '');
    const said = (who: string) => join(site.folder, `${who}.env`);
    for (const who of ['check', 'fallback', 'callback'])
      site.place(
        who,
        `#!/bin/sh\nenv > ${said(who)}.new; mv ${said(who)}.new ${said(who)}; exit 1\n`,
      );
    const config = `checkinterval=1
quiescent=yes
logfile="LOG"
callback="${site.folder}/callback"
virtual=127.0.0.1:${await freePort()}
    real=127.0.0.1:${await freePort()} masq
    checktype=external
    checkcommand=${site.folder}/check
    fallbackcommand=${site.folder}/fallback
`;
    site.write(config);
    Object.assign(site.env, {
      SHOP: 'open',
      WATCHDOG_USEC: '60000000',
      LISTEN_FDNAMES: 'web',
      L4DIRECTOR_ANYTHING: '1',
    });
    t.match(await site.run('start'), { code: 0 });
    site.write(`${config}#\n`);
    for (const who of ['check', 'fallback', 'callback']) {
      await until(() => existsSync(said(who)), who);
      const lines = readFileSync(said(who), 'utf8').trimEnd().split('\n');
      t.ok(lines.includes('SHOP=open'), `${who} has what the start had`);
      t.same(
        lines.filter((line) => DIRECTORS.test(line)),
        [],
        who,
      );
    }
    await site.run('stop');
  },
);
