import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import type { ServiceEntry } from '../../../../lib/model/engine.ts';
import type { VirtualService } from '../../../../lib/model/virtual-service.ts';
import { clientHello } from '../../../support/client-hello.ts';
import { type Rig, received, rigFor, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

const WORKERS = 4;
const MOVES = 12;
/** Clients that come at once, again and again. */
const CROWD = 40;
const NAME = 'www.example.com';
const HELLO = clientHello({ name: NAME });

/** Servers that answer with their names. */
async function serversOf(rig: Rig, ...names: readonly string[]) {
  const servers = names.map((name) =>
    rig.server((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(name));
    }),
  );
  return (await Promise.all(servers)).map((server) => server.entry());
}

async function ask(rig: Rig, service: VirtualService, from?: string): Promise<string> {
  const client = await rig.client(service, from);
  client.end(HELLO);
  return await received(client);
}

/** Clients come while the service moves.
 *  @returns how many were served, and what became of the others */
async function visited(
  rig: Rig,
  service: VirtualService,
  move: (round: number) => Promise<unknown>,
) {
  let [served, isOver] = [0, false];
  const lost: string[] = [];
  const visitor = async () => {
    while (!isOver) {
      const answer = await ask(rig, service).catch((error) => String(error.code));
      if (answer === 'a' || answer === 'b') served++;
      else lost.push(answer);
    }
  };
  const visitors = Array.from({ length: CROWD }, visitor);
  for (let round = 0; round < MOVES; round++) {
    await move(round);
    const enough = served + lost.length + CROWD;
    await until(() => served + lost.length >= enough);
  }
  isOver = true;
  await Promise.all(visitors);
  return { served, lost };
}

const engineOf = () => createNetEngine({ workers: WORKERS });

const spreadOf = ({ engine }: Rig) =>
  engine.workers().map((one) => one.acceptedConnections);

t.test(
  'persistence is switched on and off, and nobody is lost',
  sharedPort(),
  async (t) => {
    const rig = rigFor(t, engineOf());
    const service = await rig.service();
    const servers = await serversOf(rig, 'a', 'b');
    const apply = (persistent: number | undefined) =>
      rig.engine.apply([{ service: { ...service, persistent }, servers }]);
    await apply(undefined);
    const { served, lost } = await visited(rig, service, (round) =>
      apply(round % 2 === 0 ? 60 : undefined),
    );
    t.comment(`${served} clients while it moved ${MOVES} times`);
    t.strictSame(lost, []);
    t.ok(served > MOVES * CROWD);

    const came = async () => {
      const before = spreadOf(rig);
      for (let at = 0; at < 80; at++) await ask(rig, service);
      return spreadOf(rig).filter((now, worker) => now > (before[worker] ?? 0)).length;
    };
    t.equal(await came(), WORKERS, 'each worker has a socket again');
    await apply(60);
    t.equal(await came(), 1);
  },
);

t.test(
  'names lead to one or the other service that persists, and nobody is lost',
  sharedPort(),
  async (t) => {
    const rig = rigFor(t, engineOf());
    const servers = await serversOf(rig, 'a', 'b');
    const targets: ServiceEntry[] = [];
    for (let at = 0; at < 2; at++)
      targets.push({ service: await rig.service({ persistent: 60 }), servers });
    const front = await rig.service();
    const apply = (...to: readonly ServiceEntry[]) => {
      const sni = to.map(({ service }, at) => ({
        name: at === 0 ? NAME : 'other.example',
        service: service.id,
      }));
      const service = { ...front, options: { ...front.options, sni } };
      return rig.engine.apply([{ service, servers: [] }, ...targets]);
    };
    const [one, two] = targets;
    if (!one || !two) throw new RangeError('two targets');
    await apply(one);
    const { served, lost } = await visited(rig, front, (round) =>
      apply(round % 2 === 0 ? two : one),
    );
    t.comment(`${served} clients while it moved ${MOVES} times`);
    t.strictSame(lost, []);
    t.ok(served > MOVES * CROWD);

    await apply(one);
    const first = new Map<VirtualService, string[]>();
    for (const { service } of targets)
      for (let at = 1; at < 9; at++) {
        const answer = await ask(rig, service, `127.0.2.${at}`);
        first.set(service, [...(first.get(service) ?? []), answer]);
      }
    await apply(one, two);
    for (const { service } of targets) {
      const again: string[] = [];
      for (let at = 1; at < 9; at++)
        again.push(await ask(rig, service, `127.0.2.${at}`));
      t.strictSame(again, first.get(service), 'both know their clients');
    }
    await until(() => rig.engine.workers().every((one) => one.openConnections === 0));
  },
);
