import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readStatus } from '../../../lib/control/index.ts';
import { freePort } from '../../support/engine-rig.ts';
import { IpvsSite } from '../../support/ipvs-site.ts';
import { lab } from '../../support/lab.ts';
import { until, webServer } from '../../support/site.ts';

const CONFIG = `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=10.254.0.1:80
    real=10.1.1.21:80 masq 5
    real=10.1.1.22:80 gate
    persistent=300
    checktype=external
    checkcommand=/bin/true
virtual=7
    real=10.1.1.23 gate
    protocol=fwm
    checktype=external
    checkcommand=/bin/true
`;

const THEIRS = 'TCP  10.9.9.9:80 rr';
const ROWS = [
  THEIRS,
  'TCP  10.254.0.1:80 wrr persistent 300',
  '  10.1.1.21:80 Masq 5 u:0 l:0',
  '  10.1.1.22:80 Route 1 u:0 l:0',
  'FWM  7 wrr',
  '  10.1.1.23:0 Route 1 u:0 l:0',
];

/** Has the site's director find another program before the stand-in.
 *  @param text  of it, where REAL stands for the stand-in, and HERE for a folder
 *  @returns the folder */
function insteadOf(site: IpvsSite, text: string): string {
  const folder = join(site.folder, 'odd');
  mkdirSync(folder);
  const script = text.replaceAll('REAL', site.table.program).replaceAll('HERE', folder);
  const program = join(folder, 'ipvsadm');
  writeFileSync(`${program}.new`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  renameSync(`${program}.new`, program);
  site.env.PATH = `${folder}:${site.env.PATH}`;
  return folder;
}

/** Kills the director in the place of its so manieth change of the table; 0: never. */
const MURDEROUS = `case "$1" in
-[AEaedD])
  echo >>HERE/changes
  if test "$(wc -l <HERE/changes)" -eq "$(cat HERE/fatal)"; then kill -KILL "$PPID"; exit 1; fi
esac
exec REAL "$@"`;

t.jobs = 2;
t.setTimeout(120_000); // a call that hangs is waited for, twice

t.test(
  'a director that is killed between two calls is no harm to the next one',
  lab('perl'),
  async (t) => {
    for (const fatal of [1, 2, 3, 5])
      await t.test(`before call ${fatal}`, async (t) => {
        const site = new IpvsSite(t, CONFIG);
        const folder = insteadOf(site, MURDEROUS);
        const fatalIs = (n: number) => writeFileSync(join(folder, 'fatal'), `${n}\n`);
        site.table.call('-A -t 10.9.9.9:80 -s rr');
        fatalIs(fatal);
        await site.run('start');
        await until(() => site.table.changes().length === fatal - 1, 'its death');
        fatalIs(0);
        t.equal((await site.run('start')).code, 0);
        await until(() => site.table.rows().join() === ROWS.join(), 'the table');
        const added = site.table.changes().filter((call) => call.startsWith('-A'));
        t.equal(added.length, 2, 'no service is made twice');
        t.equal((await site.run('stop')).code, 0);
        t.same(site.table.rows(), [THEIRS], 'only what is of others is left');
      });
  },
);

t.test(
  'an ipvsadm that hangs holds up neither the status nor another engine',
  lab('perl'),
  async (t) => {
    const port = await webServer(t, 'net');
    const site = new IpvsSite(t, CONFIG);
    insteadOf(site, 'exec sleep 60');
    const free = await freePort();
    const net = `virtual=127.0.0.1:${free}
    real=127.0.0.1:${port} masq
    checktype=connect
`;
    site.write(`${CONFIG}${net}`);
    site.options(
      `[net]\nengine = ipvs\n[service tcp:127.0.0.1:${free}]\nengine = net\n`,
    );
    const began = performance.now();
    t.match(await site.run('start'), { code: 0 });
    t.comment(`start took ${Math.round(performance.now() - began)} ms`);
    const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
    const state = async (id: string) => {
      const { services } = await readStatus(socket, { timeoutMs: 5000 });
      return services.find((one) => one.id === id)?.state;
    };
    const served = `tcp:127.0.0.1:${free}`;
    await until(async () => (await state(served)) === 'up', 'the other service');
    t.equal(await (await fetch(`http://127.0.0.1:${free}/`)).text(), 'net');
    await until(
      async () => (await state('fwm:7')) === 'failed',
      'what IPVS was to have',
    );
    await site.logged(/Cannot carry .*ipvsadm did not answer within 10 s/);
    t.equal((await site.run('stop')).code, 0);
  },
);
