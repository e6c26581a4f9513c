import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  createFallbackCommands,
  fallbackCommandLine,
} from '../../lib/alerts/fallback-command.ts';
import { aService } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';

const fallbackcommand = 'CMD';
const marked = {
  address: undefined,
  port: undefined,
  fwmark: 5,
  protocol: 'fwm',
} as const;
const LINES = [
  [{ fallbackcommand }, 'CMD start 10.1.1.19:80 tcp'],
  [{ fallbackcommand, protocol: 'udp', port: 53 }, 'CMD start 10.1.1.19:53 udp'],
  [{ fallbackcommand, address: '2001:db8::1' }, 'CMD start [2001:db8::1]:80 tcp'],
  [{ fallbackcommand, ...marked }, 'CMD start :0 fwm'],
  [{ fallbackcommand: undefined }, undefined],
] as const;

for (const [fields, line] of LINES)
  t.test(`the command line is ${line}`, async (t) => {
    t.equal(fallbackCommandLine(aService(fields), 'start'), line);
  });

/** A service whose command notes each run in a file, slowly. */
async function aNoter(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'l4director-fallback-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'runs');
  const script = `note() { echo "begin $1" >> ${file}; sleep 0.2; echo "end $1" >> ${file}; }; note`;
  const runs = async () => (await readFile(file, 'utf8')).trim().split('\n');
  return { service: aService({ fallbackcommand: script }), runs };
}

t.test('runs of a service follow one another; the latest wish wins', async (t) => {
  const { service, runs } = await aNoter(t);
  const commands = createFallbackCommands(recordingLog());
  commands.run(service, 'start');
  commands.run(service, 'stop');
  commands.run(service, 'start');
  commands.run(service, 'stop');
  // Disposing would drop what waits: the last run must have begun.
  while ((await runs().catch(() => [])).at(-1) !== 'end stop')
    await new Promise((resolve) => setTimeout(resolve, 20));
  await commands[Symbol.asyncDispose]();
  t.strictSame(await runs(), ['begin start', 'end start', 'begin stop', 'end stop']);
});

t.test('a wish that is in force already is dropped', async (t) => {
  const { service, runs } = await aNoter(t);
  const commands = createFallbackCommands(recordingLog());
  commands.run(service, 'start');
  commands.run(service, 'start');
  await commands[Symbol.asyncDispose]();
  t.strictSame(await runs(), ['begin start', 'end start']);
});

t.test('disposing waits for what runs, and starts nothing further', async (t) => {
  const { service, runs } = await aNoter(t);
  const log = recordingLog();
  const commands = createFallbackCommands(log);
  commands.run(service, 'start');
  commands.run(service, 'stop');
  await commands[Symbol.asyncDispose]();
  commands.run(service, 'start');
  t.strictSame(await runs(), ['begin start', 'end start']);
  t.strictSame(log.lines, [], 'it was not ended by force');
});

t.test('two services do not wait for each other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'l4director-fallback-'));
  t.teardown(() => rm(folder, { recursive: true }));
  // Each waits for the file that the other makes.
  const meet = (mine: string, other: string) =>
    `touch ${folder}/${mine}; until [ -e ${folder}/${other} ]; do sleep 0.05; done; :`;
  const log = recordingLog();
  const commands = createFallbackCommands(log);
  commands.run(aService({ port: 1, fallbackcommand: meet('a', 'b') }), 'start');
  commands.run(aService({ port: 2, fallbackcommand: meet('b', 'a') }), 'start');
  while ((await readdir(folder)).length < 2)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await commands[Symbol.asyncDispose]();
  t.strictSame(log.lines, [], 'both have ended by themselves');
});

t.test('a command that fails does not keep the next from running', async (t) => {
  const log = recordingLog();
  const commands = createFallbackCommands(log);
  const service = aService({ fallbackcommand: 'exit 1; :' });
  commands.run(service, 'start');
  await log.saw(/^system\(exit 1; : start 10.1.1.19:80 tcp\) failed: exit status 1$/);
  commands.run(service, 'stop');
  t.match(await log.saw(/stop 10/), 'system(exit 1; : stop 10.1.1.19:80 tcp) failed');
  await commands[Symbol.asyncDispose]();
});

t.test('a service that is gone and comes back begins anew', async (t) => {
  const { service, runs } = await aNoter(t);
  const commands = createFallbackCommands(recordingLog());
  commands.run(service, 'start');
  while ((await runs().catch(() => [])).at(-1) !== 'end start')
    await new Promise((resolve) => setTimeout(resolve, 20));
  commands.forget(service.id);
  commands.run(service, 'start');
  await commands[Symbol.asyncDispose]();
  t.equal((await runs()).length, 4);
});
