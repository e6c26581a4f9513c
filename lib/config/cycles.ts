import { endpoint } from '../model/address.ts';
import {
  destinationPort,
  type RealServer,
  type VirtualService,
} from '../model/virtual-service.ts';
import type { Findings } from './findings.ts';

/** That a service leads its clients to another one of the config. */
interface Step {
  readonly from: VirtualService;
  readonly to: VirtualService;
  /** What it is that leads there, in words. */
  readonly by: string;
  /** Of which file, and where in it; undefined: nobody knows. */
  readonly file: keyof Files;
  readonly line: number | undefined;
}

/** What is found in ldirectord.cf, and in l4director.ini. */
interface Files {
  readonly config: Findings;
  readonly ini: Findings;
}

/** Steps of a way that comes back to where it began; of a long one those at its ends. */
interface Cycle {
  readonly steps: readonly Step[];
  /** How many are left out, in the middle. */
  readonly more: number;
}

/** Told of each end of a cycle. */
const HALF = 4;

/** Refuses services that lead to each other without end, be it as real servers, fallbacks, spares or by names: one
 *  client would take all descriptors. A service that is its own real server is for the engine to say. Looks at each
 *  service and server once.
 *  @param lineOf  of the key `sni` in the section of the service with that id */
export function refuseCycles(
  services: readonly VirtualService[],
  lineOf: (id: string) => number | undefined,
  files: Files,
): void {
  const known = new Map(services.map((service) => [service.id, service]));
  const stepsOf = (from: VirtualService) => stepsFrom(from, known, lineOf);
  const done = new Set<VirtualService>();
  for (const root of services)
    if (!done.has(root))
      for (const cycle of cyclesFrom(root, stepsOf, done)) refuse(cycle, files);
}

/** Goes wherever a service leads, but where somebody went before. No recursion: a chain may be long.
 *  @param done  those from which no cycle is left to be found */
function* cyclesFrom(
  root: VirtualService,
  stepsOf: (from: VirtualService) => Iterable<Step>,
  done: Set<VirtualService>,
): Generator<Cycle> {
  const path: Step[] = [];
  /** Those on the path, and how many steps lead to each. */
  const depths = new Map([[root, 0]]);
  const ways = [stepsOf(root)[Symbol.iterator]()];
  for (let way = ways.at(-1); way; way = ways.at(-1)) {
    const { value: step, done: isOver } = way.next();
    if (isOver) {
      const left = path.pop()?.to ?? root;
      depths.delete(left);
      done.add(left);
      ways.pop();
      continue;
    }
    const depth = depths.get(step.to);
    if (depth !== undefined) yield cycleOf(path, depth, step);
    else if (!done.has(step.to)) {
      path.push(step);
      depths.set(step.to, path.length);
      ways.push(stepsOf(step.to)[Symbol.iterator]());
    }
  }
}

/** @param start  where on the path it begins
 *  @param last   the step back there */
function cycleOf(path: readonly Step[], start: number, last: Step): Cycle {
  const more = path.length + 1 - start - 2 * HALF;
  if (more <= 0) return { steps: [...path.slice(start), last], more: 0 };
  const first = path.slice(start, start + HALF);
  return { steps: [...first, ...path.slice(1 - HALF), last], more };
}

function refuse({ steps, more }: Cycle, files: Files): void {
  const [first] = steps;
  const at = steps.findLast(({ line }) => line !== undefined) ?? first;
  if (!first || !at) return;
  const words = steps.map(({ by }, index) => `${index === 0 ? 'its' : 'whose'} ${by}`);
  if (more > 0) words.splice(HALF, 0, `and so on over ${more} more`);
  files[at.file].error(
    at.line ?? at.from.line,
    `clients of ${first.from.id} would come back to it without end: ${words.join(', ')}: expected a server that is none of these services, as one client would take all descriptors`,
  );
}

type Known = ReadonlyMap<string, VirtualService>;

/** What leads to other services. */
function* stepsFrom(
  from: VirtualService,
  known: Known,
  lineOf: (id: string) => number | undefined,
): Generator<Step> {
  for (const id of new Set(from.options.sni.map((route) => route.service))) {
    const to = known.get(id);
    // One that has names itself is refused there, as nobody looks a second time.
    if (!to || to === from || to.options.sni.length > 0) continue;
    yield { from, to, by: `names lead to ${id}`, file: 'ini', line: lineOf(from.id) };
  }
  for (const { server, what, file, line } of serversOf(from)) {
    const to = serviceAt(from, server, known);
    if (!to || to === from || isLedOnce(from, to)) continue;
    const where = endpoint(server.address, destinationPort(from, server));
    yield { from, to, by: `${what} ${where} is ${to.id}`, file, line };
  }
}

type Server = Pick<RealServer, 'address' | 'port' | 'method'>;

interface Listed extends Pick<Step, 'file' | 'line'> {
  readonly server: Server;
  readonly what: string;
}

function* serversOf({ reals, fallback }: VirtualService): Generator<Listed> {
  for (const server of reals) {
    const { role = 'real server', line } = server;
    yield { server, what: role, file: server.role ? 'ini' : 'config', line };
  }
  if (fallback)
    yield { server: fallback, what: 'fallback', file: 'config', line: undefined };
}

/** Whose listener what is sent to the server comes to: as far as the config tells. */
function serviceAt(
  from: VirtualService,
  server: Server,
  known: Known,
): VirtualService | undefined {
  const { address } = server;
  const at = (own: string) =>
    known.get(`${from.protocol}:${endpoint(own, destinationPort(from, server))}`);
  if (address.startsWith('127.')) return at(address) ?? at('0.0.0.0');
  return at(address) ?? (address === '::1' ? at('::') : undefined);
}

const KERNELS: ReadonlySet<string> = new Set(['nftables', 'ipvs']);

/** A kernel schedules no packet a second time. */
function isLedOnce(from: VirtualService, to: VirtualService): boolean {
  return KERNELS.has(from.options.engine) && KERNELS.has(to.options.engine);
}
