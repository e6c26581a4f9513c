import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readStatus } from '../../../lib/control/index.ts';
import type { StatusDocument } from '../../../lib/model/status.ts';
import { ask } from '../../support/control.ts';
import { IpvsSite } from '../../support/ipvs-site.ts';
import { lab } from '../../support/lab.ts';
import { type Site, until } from '../../support/site.ts';

const GLOBAL = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';

const CONFIG = `${GLOBAL}virtual=10.254.0.1:80
    real=10.1.1.21:80 masq 5
    real=10.1.1.22:80 gate
    persistent=300
    checktype=external
    checkcommand=/bin/true
virtual=7
    real=10.1.1.23 gate
    protocol=fwm
    checktype=external
    checkcommand=/bin/false
`;

const ROWS = [
  'TCP  10.254.0.1:80 wrr persistent 300',
  '  10.1.1.21:80 Masq 5 u:0 l:0',
  '  10.1.1.22:80 Route 1 u:0 l:0',
  'FWM  7 wrr',
  '  10.1.1.23:0 Route 0 u:0 l:0',
];

const socket = (site: Site) => join(site.runtimeDir, 'l4director.a.cf.sock');

function status(site: Site): Promise<StatusDocument> {
  return readStatus(socket(site), { timeoutMs: 20_000 });
}

async function started(t: Test, site: IpvsSite): Promise<void> {
  t.equal((await site.run('start')).code, 0);
  await until(() => site.table.rows().join() === ROWS.join(), 'the table');
}

t.jobs = 2;

t.test(
  'status, metrics and show have the numbers of the kernel',
  lab('perl'),
  async (t) => {
    const site = new IpvsSite(t, CONFIG);
    await started(t, site);
    const { services } = await status(site);
    const numbers = {
      activeConnections: 3,
      inactiveConnections: 4,
      totalConnections: 7,
      bytesIn: 1000,
      bytesOut: 123_456_789,
    };
    t.match(services, [
      {
        ...{ id: 'tcp:10.254.0.1:80', engine: 'ipvs', state: 'up', problem: null },
        ...{ acceptedConnections: 7, persistenceEntries: 4 },
        reals: [{ id: '10.1.1.21:80', weight: 5, ...numbers }, numbers],
      },
      {
        id: 'fwm:7',
        engine: 'ipvs',
        state: 'down',
        reals: [{ weight: 0, ...numbers }],
      },
    ]);
    const { text } = await ask(socket(site), '/metrics');
    const labels = '{service="tcp:10.254.0.1:80",real="10.1.1.21:80"}';
    for (const line of [
      `l4director_real_active_connections${labels} 3`,
      `l4director_real_inactive_connections${labels} 4`,
      `l4director_real_connections_total${labels} 7`,
      `l4director_real_bytes_out_total${labels} 123456789`,
      'l4director_service_persistence_entries{service="tcp:10.254.0.1:80"} 4',
    ])
      t.match(text, line);
    t.match((await site.run('show')).stdout, /tcp:10\.254\.0\.1:80 .* ipvs/);
    t.equal((await site.run('stop')).code, 0);
    t.same(site.table.rows(), []);
  },
);

t.test(
  'a director that was killed leaves the table, and the next one disturbs nothing',
  lab('perl'),
  async (t) => {
    const site = new IpvsSite(t, CONFIG);
    await started(t, site);
    process.kill(site.pid ?? 0, 'SIGKILL');
    t.same(site.table.rows(), ROWS);
    site.table.call('-a -t 10.254.0.1:80 -r 10.1.1.29:80 -m -w 9');
    site.table.take();
    await started(t, site);
    await until(async () => (await status(site)).services[0]?.state === 'up', 'checks');
    const calls: string[] = [];
    await until(() => calls.push(...site.table.take()) >= 3, 'its calls');
    t.same(calls, [
      '-E -t 10.254.0.1:80 -s wrr -p 300',
      '-d -t 10.254.0.1:80 -r 10.1.1.29:80',
      '-E -f 7 -s wrr',
    ]);
    t.match(
      site.logText,
      'Purged real server (start): 10.1.1.29:80 (10.254.0.1:80)',
      'as ldirectord tells of it',
    );
  },
);

t.test('a machine without IPVS is told, with the mend', lab('perl'), async (t) => {
  const site = new IpvsSite(t, CONFIG, { loaded: false });
  t.equal((await site.run('start')).code, 0);
  const why = /^this kernel has no IPVS: "modprobe ip_vs"/;
  t.match((await status(site)).services, [
    { engine: 'ipvs', state: 'failed', problem: why },
    { engine: 'ipvs', state: 'failed', problem: why },
  ]);
  await site.logged(/Cannot carry virtual server 10\.254\.0\.1:80: this kernel/);
  t.same(site.table.calls(), [], 'ipvsadm, which loads the module, was not called');
});

t.test('auto takes it for gate and ipip where it is there', lab('perl'), async (t) => {
  const config = `${GLOBAL}virtual=127.0.0.1:4
    real=10.1.1.21:4 gate
    checktype=external
    checkcommand=/bin/true
`;
  for (const [loaded, engine] of [
    [true, 'ipvs'],
    [false, 'net'],
  ] as const) {
    const site = new IpvsSite(t, config, { loaded });
    site.options('[net]\nengine = auto\n');
    await site.run('start');
    const [service] = (await status(site)).services;
    t.match(service, { engine, engineReason: /^auto: .*IPVS/ });
    await site.run('stop');
  }
});
