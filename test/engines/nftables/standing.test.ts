import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { aService } from '../../support/config.ts';
import { serverAt } from '../../support/engine-rig.ts';
import {
  ask,
  entry,
  hold,
  type KernelStage,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;

/** All that is there, with the handles that a thing made anew would not have; numbers that traffic
 *  changes are left out. */
async function inForce({ nft }: KernelStage): Promise<string> {
  const text = await nft('-a', 'list', 'table', 'inet', 'l4director_test');
  return text.replace(/packets \d+ bytes \d+/g, '');
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(50);
}

t.test('a table that is in force already is not sent again', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const both = entry();
  await engine.apply([both]);
  const before = await inForce(stage);
  await engine.apply([both]);
  await engine.apply([{ ...both, servers: [...both.servers] }]);
  t.equal(await inForce(stage), before);
});

t.test(
  'the next run takes the table over, and no connection is lost',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const first = stage.engine();
    const servers = [
      serverAt(WEB1, 80, { weight: 3 }),
      serverAt(WEB2, 80, { weight: 0 }),
    ];
    const both = entry({ scheduler: 'wrr' }, servers);
    const gone = entry({ port: 81 });
    await first.apply([both, gone]);
    const held = await hold(stage.client, WEB);
    const before = await inForce(stage);
    await first.close({ clean: false });
    t.equal(await ask(stage.client, WEB), 'web1', 'the kernel goes on');

    const second = stage.engine();
    t.strictSame(await second.recover([both.service, entry({ port: 82 }).service]), [
      {
        id: `tcp:${VIP}:80`,
        servers: [
          { id: `${WEB1}:80`, weight: 3 },
          { id: `${WEB2}:80`, weight: 0 },
        ],
      },
    ]);
    await second.apply([both, gone]);
    t.equal(await inForce(stage), before, 'nothing is made anew');
    await second.apply([both]);
    t.equal(
      await ask(stage.client, `TCP:${VIP}:81`),
      'refused',
      'what is not wanted goes',
    );
    t.equal(await held.say('hello'), 'hello');
    await second.close({ clean: true });
    t.equal(await stage.nft('list', 'tables'), '');
    t.equal(await ask(stage.client, WEB), 'refused');
  },
);

t.test(
  'what others do to the table is mended, and theirs is not touched',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    t.setTimeout(300_000); // A thorough look comes after a hundred times what the last one took.
    const engine = stage.engine({ lookMs: 50 });
    await stage.nft('add table inet other');
    await stage.nft('add chain inet other services');
    const other = await stage.nft('list', 'table', 'inet', 'other');
    await engine.apply([entry()]);
    const works = async () => (await ask(stage.client, WEB)).startsWith('web');
    const harm = [
      'delete table inet l4director_test',
      'flush chain inet l4director_test tcp/10.1.1.19/80',
      'flush chain inet l4director_test services',
      'flush map inet l4director_test services/ip',
    ];
    for (const words of harm) {
      t.ok(await works());
      await stage.nft(words);
      await until(works);
      t.pass(words);
    }
    await stage.nft('add rule inet l4director_test tcp/10.1.1.19/80 counter');
    const strange = async () =>
      /^\t\tcounter packets/m.test(
        await stage.nft('list', 'table', 'inet', 'l4director_test'),
      );
    await until(async () => !(await strange()));
    t.pass('a strange rule is taken out');
    await engine.close({ clean: true });
    t.equal(await stage.nft('list', 'ruleset'), other);
    const said: string[] = [];
    for await (const event of engine.events)
      if (event.type === 'notice') said.push(event.message);
    const gone = said.filter((message) => message.includes('took our table out'));
    t.equal(gone.length, 1, 'a table that is gone is in the log');
  },
);

t.test(
  'what this host lacks is named with the mend, and the service starts by itself',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const proc = t.testdir({ 'sys/net/ipv4': { ip_forward: '0\n' } });
    const engine = stage.engine({ proc, lookMs: 50 });
    t.match(await engine.apply([entry()]), [
      { state: 'failed', problem: /sysctl -w net\.ipv4\.ip_forward=1/ },
    ]);
    t.equal(await ask(stage.client, WEB), 'refused');
    t.match(await engine.probe?.(), /sysctl -w net\.ipv4\.ip_forward=1/);
    t.testdir({ 'sys/net/ipv4': { ip_forward: '1\n' } });
    t.equal(await engine.probe?.(), undefined);
    t.equal(engine.lacks?.(aService()), undefined);
    t.match(engine.lacks?.(aService({ family: 'inet6' })), 'no IPv6');
    for await (const event of engine.events) {
      t.match(event, {
        type: 'outcome',
        outcome: { id: `tcp:${VIP}:80`, state: 'carried' },
      });
      break;
    }
    t.equal(await ask(stage.client, WEB), 'web1');
  },
);

t.test(
  'it is told whether this host can forward, and nothing stays',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    t.equal(await engine.probe?.(), undefined);
    t.equal(await stage.nft('list', 'ruleset'), '');
    await engine.apply([entry()]);
    const before = await inForce(stage);
    t.equal(
      await engine.probe?.(),
      undefined,
      'also beside the table of an earlier run',
    );
    t.equal(await inForce(stage), before);
    const said =
      'internal:0:0-0: Error: Could not process rule: No such file or directory';
    const lacking = stage.engine({ enter: ['sh', '-c', `echo "${said}" >&2; exit 1`] });
    t.match(
      await lacking.probe?.(),
      /Could not process rule.*modprobe/,
      'a kernel part',
    );
  },
);

t.test('a table is left by an earlier run, or not', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const first = stage.engine();
  t.equal(await first.left?.(), false);
  await first.apply([entry()]);
  await first.close({ clean: false });
  const untracked = stage.engine({ proc: '/nowhere' });
  t.equal(await untracked.left?.(), false, 'never without connection tracking');
  const second = stage.engine();
  t.equal(await second.left?.(), true);
  t.strictSame(await second.recover([]), []);
  t.strictSame(await second.apply([]), [], 'no service is for this engine now');
  t.equal(await stage.nft('list', 'tables'), '');
  t.equal(await ask(stage.client, WEB), 'refused');
});

t.test('the end takes out the services whose cleanstop says so', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const stays = entry({ cleanstop: false });
  const goes = entry({ port: 81, cleanstop: true });
  await engine.apply([stays, goes]);
  await engine.close({ clean: true });
  t.equal(await ask(stage.client, WEB), 'web1');
  t.equal(await ask(stage.client, `TCP:${VIP}:81`), 'refused');
});

t.test('no program, no permission', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const absent = stage.engine({ enter: ['/nowhere/ip'] });
  t.match(await absent.apply([entry()]), [
    { state: 'failed', problem: /nft cannot be run.*apt-get install nftables/ },
  ]);
  const nobody = [
    ...stage.enter,
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    '--bounding-set=-all',
  ];
  const forbidden = stage.engine({ enter: nobody });
  t.match(await forbidden.apply([entry()]), [
    { state: 'failed', problem: /no permission.*CAP_NET_ADMIN/ },
  ]);
  t.match(await absent.probe?.(), /nft cannot be run/);
  t.match(await forbidden.probe?.(), /no permission.*CAP_NET_ADMIN/);
  for (const engine of [absent, forbidden]) {
    t.match(await engine.stats(), [{ acceptedConnections: 0 }]);
    t.strictSame(await engine.recover([entry().service]), []);
    t.equal(await engine.left?.(), false);
    await engine.close({ clean: true });
  }
});
