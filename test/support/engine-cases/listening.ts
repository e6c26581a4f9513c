import { once } from 'node:events';
import { createServer } from 'node:net';
import { tableOf } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

export const listening = {
  async 'a service without servers refuses clients until it has one'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.end('a'));
    const idle = [{ id: service.id, state: 'idle' }];
    t.same(await rig.engine.apply(tableOf(service)), idle);
    await t.rejects(rig.client(service), { code: 'ECONNREFUSED' });
    t.same(await rig.engine.apply(tableOf(service, a.entry({ weight: 0 }))), idle);
    await t.rejects(rig.client(service), { code: 'ECONNREFUSED' });
    for (let n = 0; n < 3; n++) {
      const up = await rig.engine.apply(tableOf(service, a.entry()));
      t.same(up, [{ id: service.id, state: 'carried' }]);
      t.equal(await rig.ask(service), 'a', 'listening before apply() resolves');
      t.same(await rig.engine.apply(tableOf(service, a.entry({ weight: 0 }))), idle);
      await t.rejects(rig.client(service), { code: 'ECONNREFUSED' });
    }
  },

  async 'a port in use names its holder, and is taken when it is free'(t, rig) {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    t.teardown(() => holder.close());
    const { port } = holder.address() as { port: number };
    const service = await rig.service({ port });
    const other = await rig.service();
    const a = await rig.server((socket) => socket.end('a'));
    const outcomes = await rig.engine.apply([
      { service, servers: [a.entry()] },
      { service: other, servers: [a.entry()] },
    ]);
    t.match(outcomes, [{ state: 'failed' }, { state: 'carried' }]);
    const who = `port ${port} is held by [^ ]+ \\(pid ${process.pid}\\)`;
    t.match(outcomes[0]?.problem, new RegExp(who));
    t.equal(await rig.ask(other), 'a', 'the others run on');
    const changed = rig.event('outcome');
    holder.close();
    t.same((await changed).outcome, { id: service.id, state: 'carried' });
    t.equal(await rig.ask(service), 'a');
  },

  async 'a port held on every address comes with the usual mend'(t, rig) {
    const holder = createServer().listen(0, '0.0.0.0');
    await once(holder, 'listening');
    t.teardown(() => holder.close());
    const { port } = holder.address() as { port: number };
    const service = await rig.service({ port });
    const [outcome] = await rig.engine.apply(
      tableOf(service, (await rig.server(() => {})).entry()),
    );
    t.match(outcome?.problem, `Listen 127.0.0.1:${port}`);
  },

  async 'two services on one port name each other, whichever has every address'(
    t,
    rig,
  ) {
    const a = await rig.server((socket) => socket.end('a'));
    for (const [first, second] of [
      ['127.0.0.1', '0.0.0.0'],
      ['0.0.0.0', '127.0.0.1'],
    ] as const) {
      const one = await rig.service({ address: first });
      const other = await rig.service({ address: second, port: one.port });
      await rig.engine.apply(tableOf(one, a.entry()));
      const table = [...tableOf(one, a.entry()), ...tableOf(other, a.entry())];
      t.match(await rig.engine.apply(table), [
        { state: 'carried' },
        { state: 'failed', problem: `this director's own service ${one.id}, ` },
      ]);
      const [now] = await rig.engine.apply(tableOf(other, a.entry()));
      const last =
        now?.state === 'carried' ? now : (await rig.event('outcome')).outcome;
      t.same(last, { id: other.id, state: 'carried' }, 'and follow each other');
      await rig.engine.apply([]);
    }
  },

  async 'an address that this host does not hold is waited for'(t, rig) {
    const service = await rig.service({ address: '192.0.2.1', port: 8080 });
    const a = await rig.server(() => {});
    const [outcome] = await rig.engine.apply(tableOf(service, a.entry()));
    t.match(outcome, { state: 'waiting-for-address', problem: '192.0.2.1' });
  },

  async 'a service that changes while it cannot listen is not forgotten'(t, rig) {
    const service = await rig.service({ address: '192.0.2.1', port: 8080 });
    const a = await rig.server(() => {});
    await rig.engine.apply(tableOf(service, a.entry()));
    const [idle] = await rig.engine.apply(tableOf(service, a.entry({ weight: 0 })));
    t.match(idle, { state: 'idle', problem: undefined });
    const [again] = await rig.engine.apply(tableOf(service, a.entry()));
    t.match(again, { state: 'waiting-for-address' });
  },
} as const satisfies Record<string, EngineCase>;
