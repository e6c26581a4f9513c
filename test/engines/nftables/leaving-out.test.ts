import t from 'tap';
import { aReal } from '../../support/config.ts';
import { serverAt } from '../../support/engine-rig.ts';
import {
  asks,
  entry,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');

t.test(
  'a service goes on without the server that the kernel cannot lead to',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const { service } = entry();
    const gate = { method: 'gate' } as const;
    const reals = [aReal(`${WEB1}:80`), aReal(`${WEB2}:80`, gate)];
    const servers = [serverAt(WEB1, 80), serverAt(WEB2, 80, gate)];
    const mixed = { service: { ...service, reals }, servers };
    t.match(await engine.apply([mixed]), [
      {
        state: 'carried',
        problem: /^left out: real server 10\.1\.1\.22:80 is forwarded by gate/,
      },
    ]);
    const where = `TCP:${VIP}:80`;
    t.strictSame(await asks(stage.client, where, 3), ['web1', 'web1', 'web1']);
    const none = {
      service: { ...service, reals: reals.slice(1) },
      servers: servers.slice(1),
    };
    t.match(await engine.apply([none]), [{ state: 'failed', problem: /by gate/ }]);
    // Its next answer may be another one.
    const realsFrom = [
      { name: 'www.example.com', method: 'masq', port: 80, weight: 1 },
    ] as const;
    const named = { ...none.service, options: { ...service.options, realsFrom } };
    t.match(await engine.apply([{ ...none, service: named }]), [
      { state: 'idle', problem: /^left out: .*by gate/ },
    ]);
    await engine.apply([{ ...none, service: named }]);
    await engine.close({ clean: true });
    const lines: string[] = [];
    for await (const event of engine.events)
      if (event.type === 'notice') lines.push(event.message);
    const told = lines.filter((line) => line.includes('left out'));
    t.match(told, [/^Virtual server tcp:10\.1\.1\.19:80: left out: .*by gate/]);
    t.equal(told.length, 1, 'once');
  },
);
