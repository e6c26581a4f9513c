import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { server } from '../lab/daemon.ts';
import { alternates, logs, servedBy, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

const SOON = 15_000;

const TWO = `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=yes
virtual=10.1.1.19:80
    real=10.1.1.21:80 masq 3
    real=10.1.1.22:80 masq 1
    service=http
    receive="Test Page"
    scheduler=wrr
`;

const SIX = `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=no
virtual6=[2001:db8::19]:80
    real6=[2001:db8::21]:80 masq
    real6=[2001:db8::22]:80 masq
    service=http
    receive="Test Page"
    scheduler=rr
`;

/** The rules that a config gives to traffic. */
export const rules: readonly Scenario[] = [
  {
    name: 'wrr gives each server its weight in connections',
    config: TWO,
    async play(stage, t) {
      await start(stage, t);
      const visits = await stage.client.do('visits', stage.url, 40);
      const ones = visits.filter((visit) => servedBy(visit) === 'web1');
      t.equal(ones.length, 30, 'three of four');
    },
  },
  {
    name: 'a client that persists keeps its server, also when that is quiesced',
    config: `${TWO}    persistent=300\n`,
    async play(stage, t) {
      const { client, url, daemon } = stage;
      await start(stage, t);
      const first = servedBy(await client.do('visit', url));
      await alternates(stage, t, [first]);
      const web = first === 'web1' ? stage.web.web1 : stage.web.web2;
      await web.page('Something else');
      await weighs(stage, web, 0, SOON);
      await alternates(stage, t, [first]);
      t.equal((await daemon.service()).persistenceEntries, 1);
    },
  },
  {
    name: 'a server named in maintenancedir gets no new connections until it is not',
    config: `maintenancedir=FOLDER/maintenance${TWO}`,
    async play(stage, t) {
      const folder = join(stage.director.folder, 'maintenance');
      await mkdir(folder);
      await start(stage, t);
      const file = join(folder, '10.1.1.21:80');
      await writeFile(file, '');
      await weighs(stage, stage.web.web1, 0, SOON);
      const { state } = server(await stage.daemon.service(), stage.web.web1.id);
      t.equal(state, 'maintenance');
      await alternates(stage, t, ['web2']);
      await rm(file);
      await weighs(stage, stage.web.web1, 3, SOON);
      await logs(stage, t, /^Quiescent real server: 10\.1\.1\.21:80/, /^Restored real/);
    },
  },
  {
    name: 'IPv6 is served like IPv4',
    config: SIX,
    async play(stage, t) {
      await start(stage, t);
      const url = 'http://[2001:db8::19]/';
      await alternates({ ...stage, url }, t, ['web1', 'web2']);
      await stage.web.web1.page('Something else');
      await logs(
        stage,
        t,
        /^Deleted real server: \[2001:db8::21\]:80 \(\[2001:db8::19\]:80\)/,
      );
      await weighs(stage, { id: '[2001:db8::21]:80' }, 0, SOON);
      await alternates({ ...stage, url }, t, ['web2']);
    },
  },
];
