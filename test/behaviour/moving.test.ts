import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import { patternDigest } from '../lab/bulk.ts';
import { lab } from '../support/lab.ts';
import { killed } from '../support/site.ts';
import { onStage, type Stage } from './stage.ts';
import { start } from './steps.ts';

/** Generous: what is waited for takes a second or two on a machine that is not busy. */
const SOON = 20_000;
const PORT = 81;
const URL = `http://10.1.1.19:${PORT}`;
/** What is up- and downloaded, begun on each engine: long enough for the moves that follow, at that
 *  pace. */
const SIZES = { net: 8_000_000, nftables: 7_000_000 } as const;
const PACE = 1_000_000;
const RATE = 100;

const CONFIG = `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=yes
virtual=10.1.1.19:${PORT}
    real=10.1.1.21:${PORT} masq
    real=10.1.1.22:${PORT} masq
    checktype=connect
    scheduler=rr
`;

const needs = { timeout: 120_000, ...lab('namespaces', 'apache2', 'nft', 'conntrack') };

function play(engine: EngineName, scene: (stage: Stage) => Promise<void>) {
  return onStage({ net: `engine = ${engine}`, routed: true }, CONFIG, async (stage) => {
    for (const { host } of Object.values(stage.web))
      await stage.agent(host).do('serveBulk', PORT, PACE);
    await scene(stage);
  });
}

function write({ director }: Stage, engine: EngineName): Promise<void> {
  const ini = join(director.folder, 'ldirectord.ini');
  return writeFile(ini, `[net]\nengine = ${engine}\n`);
}

/** Waits until that engine has the service, which is not on its way any more. */
function until({ daemon }: Stage, name: EngineName): Promise<number> {
  return daemon.until(
    ({ engine, engineReason, state }) =>
      state === 'up' && engine === name && engineReason === `engine = ${name}`,
    SOON,
  );
}

/** Visits at an even pace while something happens.
 *  @returns how they ended that did not end well */
async function lostDuring(stage: Stage, work: () => Promise<void>): Promise<string[]> {
  const url = `${URL}/bytes/1000`;
  const load = stage.client.do('load', url, RATE);
  await work();
  await stage.client.do('endLoad', url);
  const outcomes = (await load).map(({ outcome }) => outcome);
  t.comment(`${outcomes.length} connections`);
  return outcomes.filter((outcome) => outcome !== 'ok');
}

t.test('a service moves there and back, and no connection is lost', needs, (t) =>
  play('net', async (stage) => {
    const { client, daemon } = stage;
    await start(stage, t);
    const transfers: Promise<unknown>[] = [];
    const transfer = async (size: number) => {
      const url = `${URL}/bytes/${size}`;
      transfers.push(client.do('download', url, PACE), client.do('upload', url, size));
      await client.do('downloadBegan', url);
    };
    const lost = await lostDuring(stage, async () => {
      await transfer(SIZES.net);
      for (const engine of ['nftables', 'net', 'nftables', 'net'] as const) {
        await write(stage, engine);
        process.kill(await daemon.pid(), 'SIGHUP');
        await until(stage, engine);
        if (transfers.length === 2) await transfer(SIZES.nftables);
      }
    });
    t.strictSame(lost, []);
    for (const [name, bytes] of Object.entries(SIZES)) {
      const whole = { outcome: 'ok', bytes, sha256: await patternDigest(bytes) };
      const came = [await transfers.shift(), await transfers.shift()];
      t.strictSame(came, [whole, whole], `what was begun on ${name} goes on`);
    }
  }),
);

for (const [from, to] of [
  ['net', 'nftables'],
  ['nftables', 'net'],
] as const)
  t.test(`a client that is silent while it moves from ${from} to ${to}`, needs, (t) =>
    play(from, async (stage) => {
      const { client, daemon } = stage;
      await start(stage, t);
      const visit = client.do('haltingVisit', '10.1.1.19', PORT, 5000);
      await daemon.until(
        ({ reals }) => reals.some((r) => r.activeConnections > 0),
        SOON,
      );
      await write(stage, to);
      process.kill(await daemon.pid(), 'SIGHUP');
      await until(stage, to);
      t.equal(await visit, 'ok');
    }),
  );

t.test('kill -9, and another engine in the file: it moves at the start', needs, (t) =>
  play('nftables', async (stage) => {
    const { daemon } = stage;
    await start(stage, t);
    const lost = await lostDuring(stage, async () => {
      await killed(await daemon.pid());
      await write(stage, 'net');
      t.match(await daemon.command('start'), { code: 0 });
      await until(stage, 'net');
    });
    t.strictSame(lost, []);
    await daemon.stop();
    t.notMatch(await stage.director.run('nft', 'list', 'tables'), 'l4director');
    t.match(await daemon.command('start'), { code: 0 });
  }),
);
