import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { ServiceStatus } from '../../../../lib/model/status.ts';
import { createDaemon } from '../../../lab/daemon.ts';
import { until } from '../../../support/engine-rig.ts';
import { lost, PORT, URL, withLoad } from '../../../support/kernel-load.ts';
import {
  ask,
  forgetsSoon,
  hold,
  type KernelStage,
  kernelStage,
  VIP,
  VIP6,
  WEB1,
} from '../../../support/kernel-stage.ts';
import { lab } from '../../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'socat');
const SOON = 15_000;
const ON = '[net]\ncapture = yes\n';
const OFF = '';
const WEB = `TCP:${VIP}:80`;
const TABLE = 'l4director-capture_ldirectord.cf';

function config(port: number, weight = 1): string {
  return `checkinterval=1
quiescent=yes
logfile="/var/log/ldirectord.log"
virtual=${VIP}:${port}
    real=${WEB1}:${port} masq ${weight}
    checktype=connect
    scheduler=rr
`;
}

/** A started director of the stage, and what a reload makes of it. */
async function directorOf(t: Test, stage: KernelStage, text: string, ini: string) {
  const daemon = await createDaemon(stage.director, text, ini);
  t.teardown(() => daemon.stop());
  const is = (what: (service: ServiceStatus) => boolean) => daemon.until(what, SOON);
  const reload = async (file: string, text: string) => {
    await writeFile(join(stage.director.folder, file), text);
    t.match(await daemon.command('reload'), { code: 0 });
  };
  t.match(await daemon.command('start'), { code: 0 });
  await is(({ state }) => state === 'up');
  return { daemon, is, reload };
}

/** Whether the kernel leads clients of that port elsewhere. */
async function leads({ nft }: KernelStage, port: number): Promise<boolean> {
  return (await nft('list', 'ruleset')).includes(`${VIP} . ${port} : `);
}

function tables({ nft }: KernelStage): Promise<string> {
  return nft('list', 'tables');
}

t.test('a reload switches it on and off, and no client is lost', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const client = await withLoad(stage);
  const { reload } = await directorOf(t, stage, config(PORT), OFF);
  const load = client.do('load', URL, 200);
  for (const ini of [ON, OFF, ON, OFF]) {
    await reload('ldirectord.ini', ini);
    await until(async () => (await leads(stage, PORT)) === (ini === ON));
    await sleep(300);
  }
  await client.do('endLoad', URL);
  const visits = await load;
  t.comment(`${visits.length} connections`);
  t.ok(visits.length > 200);
  t.strictSame(lost(visits), []);
});

t.test('a client may use a port again from before it was off', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const { reload } = await directorOf(t, stage, config(80), ON);
  const again = `${WEB},sourceport=30000,reuseaddr`;
  t.equal(await ask(stage.client, again), 'web1');
  const open = /:EE48 \S+ (?!0A|06)/; // At port 61000, and neither a listener nor over.
  const sockets = () => stage.director.run('cat', '/proc/net/tcp');
  await until(async () => !open.test(await sockets()));
  await reload('ldirectord.ini', OFF);
  await until(async () => !(await leads(stage, 80)));
  await sleep(300); // Whatever is to happen to the table has happened.
  const held = await hold(stage.client, again);
  t.equal(held.server, 'web1');
  await reload('ldirectord.ini', ON);
  await until(() => leads(stage, 80));
  t.equal(await held.say('hello'), 'hello');
});

t.test('what is open goes on when it ends, and the table with it', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  await forgetsSoon(stage.director);
  const { reload } = await directorOf(t, stage, config(80), ON);
  const held = await hold(stage.client, WEB);
  await reload('ldirectord.ini', OFF);
  await until(async () => !(await leads(stage, 80)));
  t.equal(await held.say('hello'), 'hello');
  t.match(await tables(stage), TABLE, 'the kernel knows by it whose packets these are');
  t.equal(await ask(stage.client, WEB), 'web1');
  held.end();
  await until(async () => !(await tables(stage)).includes(TABLE));
  t.pass('it is gone');
});

t.test('at stop clients hear of it, and the table is gone', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const { daemon } = await directorOf(t, stage, config(80), ON);
  const held = await hold(stage.client, WEB);
  const heard = held.hear();
  await daemon.stop();
  t.equal(await heard, 'reset', 'from the port that they know');
  t.equal(await tables(stage), '');
});

t.test('a private port that another program takes is given up', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const { is, reload } = await directorOf(t, stage, config(80), ON);
  t.match(await stage.nft('list', 'table', 'inet', TABLE), `${VIP} . 61000`);
  await reload('ldirectord.cf', config(80, 0));
  await is(({ reals }) => reals[0]?.weight === 0);
  t.equal(await ask(stage.client, WEB), 'refused');
  const listening = stage.director.spawn('socat', [
    'TCP-LISTEN:61000,fork,reuseaddr',
    'SYSTEM:echo other; cat',
  ]);
  t.teardown(() => listening.kill());
  await until(async () => (await ask(stage.client, 'TCP:10.1.1.2:61000')) === 'other');
  await reload('ldirectord.cf', config(80));
  await until(async () => (await ask(stage.client, WEB)) === 'web1');
  t.match(await stage.nft('list', 'table', 'inet', TABLE), `${VIP} . 61001`);
});

t.test('IPv6, beside a program on every address', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  stage.director.spawn('socat', [
    'TCP6-LISTEN:80,fork,reuseaddr,ipv6only=0',
    'SYSTEM:echo other; cat',
  ]);
  const six = `virtual6=[${VIP6}]:80
    real6=[2001:db8::22]:80 masq
    checktype=connect
`;
  await until(async () => (await ask(stage.client, WEB)) === 'other');
  const { daemon } = await directorOf(t, stage, `${config(80)}${six}`, ON);
  await until(async () =>
    (await daemon.status()).services.every(({ state }) => state === 'up'),
  );
  for (const host of [stage.client, stage.director]) {
    t.equal(await ask(host, WEB), 'web1');
    t.equal(await ask(host, `TCP6:[${VIP6}]:80`), 'web2');
    t.equal(await ask(host, 'TCP6:[2001:db8::2]:80'), 'other');
  }
});
