import { descriptorsOf, memoryOf } from '../proc.ts';
import { Program } from '../program.ts';
import type { Bench } from './bench.ts';
import type { Figures } from './figures.ts';
import type { Load, LoadHeard } from './protocol.ts';
import { DescriptorWatch } from './watch.ts';

/** The check runner alone, without anything that would use its reports. */
export async function measureRunner(bench: Bench): Promise<Figures> {
  const { options, listeners, processors, signal, say } = bench;
  const { servers, intervalMs, rounds, node } = options;
  const load: Load = { servers, intervalMs, rounds, ports: listeners.ports };
  await using program = new Program<LoadHeard>(
    'checks/load',
    [JSON.stringify(load)],
    processors.subject,
    node,
  );
  const started = await heard(program, 'started', signal);
  const descriptorsIdle = descriptorsOf(program.pid);
  program.send('go');
  const first = await heard(program, 'first-round', signal);
  say(
    `runner: first round of ${servers} in ${Math.round(first.ms)} ms, ${first.up} up`,
  );
  await heard(program, 'measuring', signal);
  say(`runner: measuring for ${(rounds * intervalMs) / 1000} s`);
  listeners.watch();
  using descriptors = new DescriptorWatch(program.pid);
  const measured = await heard(program, 'measured', signal);
  const memory = memoryOf(program.pid);
  const { lateness: arrivals } = await listeners.tell(signal);
  return {
    ...measured,
    servers,
    memory,
    added: memory - started.memory,
    descriptors: descriptors.most,
    descriptorsIdle,
    arrivals,
    firstRoundMs: first.ms,
  };
}

async function heard<K extends LoadHeard['kind']>(
  program: Program<LoadHeard>,
  kind: K,
  signal: AbortSignal,
): Promise<Extract<LoadHeard, { kind: K }>> {
  const said = await program.next(signal);
  if (said.kind === kind) return said as Extract<LoadHeard, { kind: K }>;
  throw new Error(`expected ${kind} of the load, not ${said.kind}`);
}
