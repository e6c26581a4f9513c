import type { Engine } from '../model/engine.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import { asWritten } from './as-written.ts';

/** An engine as one that chooses sees it. */
export interface Candidate {
  readonly engine: Pick<
    Engine,
    'refuses' | 'omits' | 'lacks' | 'inexact' | 'returnPath'
  >;
  /** Why it cannot work on this machine, with the mend; undefined: it can. */
  readonly problem: string | undefined;
}

/** Which engine a service has, and why. */
export interface EngineChoice {
  readonly engine: EngineName;
  /** `engine = net`, or `auto:` and what spoke for it, or against the others. */
  readonly reason: string;
  /** Why that engine cannot carry the service, with the mend; undefined: it can. */
  readonly refusal: string | undefined;
}

/** All engines. */
export type Candidates = ReadonlyMap<EngineName, Candidate>;

/** What an engine says of itself as to one service. */
interface Opinion {
  /** What it does not follow exactly. */
  readonly inexact: string | undefined;
  /** How the way back is known. */
  readonly way: string | undefined;
}

/** One engine that `auto` thinks of. */
interface Preference {
  readonly name: EngineName;
  /** Why it is not for such a service, whether it works here or not. */
  misfit?(service: VirtualService): string | undefined;
  /** Why it is not the best for the service, though it can carry it. */
  doubt(service: VirtualService, opinion: Opinion): string | undefined;
  /** What speaks for it; undefined: what speaks against those before it. */
  merit(service: VirtualService, opinion: Opinion): string | undefined;
}

/** What `auto` takes, the best first. The last one has no doubts. */
const PREFERENCES: readonly Preference[] = [
  {
    name: 'ipvs',
    misfit: ({ reals }) =>
      reals.length > 0 && reals.every(({ method }) => method !== 'masq')
        ? undefined
        : 'its real servers are not all gate or ipip',
    doubt: () => undefined,
    merit: () => 'IPVS is here, and its real servers are gate or ipip',
  },
  {
    name: 'nftables',
    doubt: (_, { inexact, way }) => inexact ?? (way ? undefined : NO_WAY_BACK),
    merit: ({ scheduler }, { way }) => `${scheduler} is exact there, and ${way}`,
  },
  { name: 'net', doubt: () => undefined, merit: () => undefined },
];

const NO_WAY_BACK = 'its real servers may not answer through this host';

/** The engine for a service as the config has it, whatever names say for now: the one that `engine =` names, or for `auto` the first of ipvs,
 *  nftables and net that works here, can carry it and is not doubted; one that is doubted only
 *  where no other can. */
export function chooseEngine(
  service: VirtualService,
  candidates: Candidates,
): EngineChoice {
  const { engine } = service.options;
  return engine === 'auto'
    ? automatic(asWritten(service), candidates)
    : named(engine, service, candidates);
}

function named(
  engine: EngineName,
  service: VirtualService,
  candidates: Candidates,
): EngineChoice {
  const reason = `engine = ${engine}`;
  const candidate = candidates.get(engine);
  if (!candidate) {
    const here = [...candidates.keys()].join(', ');
    const refusal = `${reason}: this version does not have it; set one of: ${here}`;
    return { engine, reason, refusal };
  }
  // What the machine lacks it says itself, and goes on trying: that may come after the start.
  return { engine, reason, refusal: candidate.engine.refuses(service) };
}

/** What `auto` thinks of an engine that is here. */
interface Verdict {
  readonly name: EngineName;
  /** Why it cannot carry the service. */
  readonly obstacle: string | undefined;
  readonly doubt?: string | undefined;
  readonly merit?: string | undefined;
}

function automatic(service: VirtualService, candidates: Candidates): EngineChoice {
  const verdicts = PREFERENCES.flatMap((preference) => {
    const candidate = candidates.get(preference.name);
    return candidate ? [judge(preference, service, candidate)] : [];
  });
  const able = verdicts.filter(({ obstacle }) => obstacle === undefined);
  const best = able.find(({ doubt }) => doubt === undefined);
  if (best) {
    const passed = against(verdicts.slice(0, verdicts.indexOf(best)));
    return taken(best, best.merit ?? (passed || 'this version has no other'));
  }
  const [first] = able;
  if (first) return taken(first, `the only one that can, but ${first.doubt}`);
  const all = verdicts.map(({ name, obstacle }) => `${name}: ${obstacle}`);
  return { engine: 'net', reason: 'auto: none can', refusal: all.join('; ') };
}

function judge(
  { name, misfit, doubt, merit }: Preference,
  service: VirtualService,
  candidate: Candidate,
): Verdict {
  const { engine, problem } = candidate;
  const unable = engine.refuses(service) ?? engine.omits?.(service);
  const obstacle = problem ?? unable ?? engine.lacks?.(service);
  const unfit = misfit?.(service);
  if (obstacle !== undefined) return { name, obstacle, doubt: unfit };
  const inexact = engine.inexact?.(service);
  const opinion = { inexact, way: engine.returnPath?.(service) };
  return {
    ...{ name, obstacle },
    doubt: unfit ?? doubt(service, opinion),
    merit: merit(service, opinion),
  };
}

/** What would speak against it all the same comes before what could be mended. */
function against(verdicts: readonly Verdict[]): string {
  return verdicts.map((v) => `${v.name}: ${v.doubt ?? v.obstacle}`).join('; ');
}

function taken({ name: engine }: Verdict, why: string): EngineChoice {
  return { engine, reason: `auto: ${why}`, refusal: undefined };
}
