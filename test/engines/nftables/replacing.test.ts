import t from 'tap';
import { serverAt } from '../../support/engine-rig.ts';
import {
  entry,
  type KernelStage,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

/** In each a packet in some ten thousand a second may be at the rule just then. */
const CHANGES = 300;
/** Datagrams without end, with turns for others. */
const FLOOD = `
const socket = require('node:dgram').createSocket('udp4');
const more = () => {
  for (let n = 0; n < 50; n++) socket.send('?', 53, '${VIP}', () => {});
  setImmediate(more);
};
socket.bind(0, more);
`;
/** What is dropped on its way is no flow: the next datagram is led anew. */
const METERS = ['forward', 'input'] as const;

async function meter({ nft }: KernelStage): Promise<void> {
  await nft('add table inet metered');
  for (const hook of METERS) {
    await nft(
      `add chain inet metered on-${hook} { type filter hook ${hook} priority 0; }`,
    );
    await nft(`add rule inet metered on-${hook} udp dport { 53, 5353 } counter drop`);
  }
}

async function metered({ nft }: KernelStage): Promise<readonly number[]> {
  const read = async (hook: string) =>
    /packets (\d+)/.exec(await nft(`list chain inet metered on-${hook}`))?.[1];
  return [Number(await read('forward')), Number(await read('input'))];
}

for (const [what, ports] of [
  ['one rule leads', [53, 53]],
  ['a chain a server leads', [53, 5353]],
] as const)
  t.test(
    `where ${what}, nobody is led nowhere while it is replaced`,
    lab('namespaces', 'nft', 'conntrack', 'socat'),
    async (t) => {
      const stage = await kernelStage(t);
      const engine = stage.engine();
      const servers = (one: number, two: number) => [
        serverAt(WEB1, ports[0], { weight: one }),
        serverAt(WEB2, ports[1], { weight: two }),
      ];
      const service = { protocol: 'udp', port: 53, scheduler: 'wrr' } as const;
      await engine.apply([entry(service, servers(1, 1))]);
      await meter(stage);
      const env = { ...process.env, NODE_OPTIONS: '' };
      stage.client.spawn(process.execPath, ['-e', FLOOD], { stdio: 'ignore', env });
      while (((await metered(stage))[0] ?? 0) < 1000);
      for (let change = 0; change < CHANGES; change++)
        await engine.apply([entry(service, servers(1 + (change % 2), 2))]);
      const [led = 0, astray] = await metered(stage);
      t.comment(`${led} datagrams over ${CHANGES} changes`);
      t.equal(astray, 0);
    },
  );
