import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../lib/engines/net/engine.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';
import { type Rig, rigFor, tableOf } from '../support/engine-rig.ts';

const FLOOD = fileURLToPath(
  new URL(`./fixtures/flood${extname(import.meta.url)}`, import.meta.url),
);
/** A server that serves so many at once, each for so long; the others wait there. */
const PLACES = 40;
const WORK_MS = 400;
const GUESTS = 20;
/** Of one address: three times as many as the server can serve. */
const FLOOD_A_SECOND = 300;
const ROUNDS = 2;
const ROUND_MS = 2500;

t.setTimeout(120_000);

t.test('a flood from one address leaves the others alone', async (t) => {
  const limited = await play(t, {
    sourceConnections: 10,
    sourceRate: { connections: 50, windowMs: 1000 },
  });
  const unlimited = await play(t, {}, 1); // what waits at its end is served before the next
  const ratio = limited.flooded / limited.rest;
  t.comment(
    `p99 of the others: ${limited.rest} ms at rest, ${limited.flooded} ms in the flood (${ratio.toFixed(2)} times), ${unlimited.flooded} ms without limits`,
  );
  t.ok(ratio <= 1.5, `${ratio.toFixed(2)} times`);
  t.ok(unlimited.flooded > 3 * limited.rest, 'it is a flood');
});

/** @returns the others' p99 at rest and in the flood, in turns, in milliseconds */
async function play(t: Test, limits: Partial<ServiceOptions>, rounds = ROUNDS) {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({}, limits);
  const server = await busyServer(rig);
  await rig.engine.apply(tableOf(service, server.entry()));
  await guests(service, 1000); // code that is compiled, buffers that are there
  const rest: number[] = [];
  const flooded: number[] = [];
  for (let round = 0; round < rounds; round++) {
    rest.push(...(await guests(service, ROUND_MS)));
    const stop = await startFlood(service);
    flooded.push(...(await guests(service, ROUND_MS)));
    await stop();
  }
  await rig.engine.close({ clean: true });
  return { rest: p99(rest), flooded: p99(flooded) };
}

function busyServer(rig: Rig) {
  const waiting: (() => void)[] = [];
  let free = PLACES;
  const serve = async (socket: Socket) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => waiting.push(go));
    await sleep(WORK_MS);
    socket.end('done');
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return rig.server((socket) => void serve(socket));
}

/** Clients of addresses of their own, one connection after the other. @returns how long each took */
async function guests(service: VirtualService, forMs: number): Promise<number[]> {
  const end = performance.now() + forMs;
  const times: number[] = [];
  const guest = async (n: number) => {
    await sleep(n * 10);
    while (performance.now() < end) {
      const began = performance.now();
      await visit(service, `127.0.1.${n + 1}`);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: GUESTS }, (_, n) => guest(n)));
  return times;
}

/** @returns what ends it, and waits until the server has served what is left of it */
async function startFlood({ port }: VirtualService): Promise<() => Promise<void>> {
  const args = [FLOOD, String(port), '127.0.9.9', String(FLOOD_A_SECOND)];
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  await sleep(500);
  return async () => {
    child.stdin.end();
    await once(child, 'exit');
    await sleep(500);
  };
}

function visit({ port }: VirtualService, from: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port: port ?? 0,
      localAddress: from,
    });
    socket.resume();
    socket.on('end', resolve);
    socket.on('error', reject);
  });
}

function p99(times: readonly number[]): number {
  const ordered = [...times].sort((one, other) => one - other);
  return Math.round(ordered[Math.floor(times.length * 0.99)] ?? NaN);
}
