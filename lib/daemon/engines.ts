import type { EngineChoice } from '../director/choose-engine.ts';
import { autoChoices } from '../director/engine-probes.ts';
import { FACTORIES } from '../engines/factories.ts';
import type { EngineOptions } from '../engines/factory.ts';
import type { Engine } from '../model/engine.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';

/** Every engine by its name. The caller closes them. */
export function createEngines(options: EngineOptions): ReadonlyMap<EngineName, Engine> {
  return new Map(
    Object.entries(FACTORIES).map(([name, create]) => [
      name as EngineName,
      create(options),
    ]),
  );
}

/** What an operator should know of the engines that these services would have here and now: for each that
 *  leaves it to `auto` a line with what that takes, a line where the engine that is named cannot carry the
 *  service, and one where the way back from the real servers looks wrong. It only looks.
 *  @param hasPeers  there are other directors that are to know who persists where: a line where they cannot */
export async function engineLines(
  services: readonly VirtualService[],
  hasPeers: boolean,
): Promise<readonly string[]> {
  const engines = createEngines({});
  try {
    const choices = new Map(await autoChoices(engines, services));
    return services.flatMap((service) => {
      const choice = choices.get(service) ?? namedChoice(service, engines);
      const engine = engines.get(choice.engine);
      const doubt =
        choice.refusal === undefined ? engine?.returnForesight?.(service) : undefined;
      return [
        ...choiceLines(service, choice),
        ...unloggedLines(service, choice),
        ...(hasPeers ? untoldLines(service, choice) : []),
        ...(doubt === undefined ? [] : [`way back of ${service.id}: ${doubt}`]),
      ];
    });
  } finally {
    for (const engine of engines.values()) await engine.close({ clean: false });
  }
}

function namedChoice(
  service: VirtualService,
  engines: ReadonlyMap<EngineName, Engine>,
): EngineChoice {
  const { engine } = service.options;
  const one = engines.get(engine);
  const refusal = one?.refuses(service) ?? one?.omits?.(service);
  return { engine, reason: `engine = ${engine}`, refusal };
}

/** A kernel forwards without a word to anybody. */
function unloggedLines(
  { id, options }: VirtualService,
  { engine }: EngineChoice,
): readonly string[] {
  return !options.logConnections || engine === 'net'
    ? []
    : [
        `connection log of ${id}: none, since the kernel forwards its connections (engine ${engine}): set engine = net for it, or watch "conntrack -E"`,
      ];
}

/** What a kernel remembers stays there. */
function untoldLines(
  { id, persistent }: VirtualService,
  { engine }: EngineChoice,
): readonly string[] {
  if (persistent === undefined || engine === 'net') return [];
  const own = engine === 'ipvs' ? ', or run "ipvsadm --start-daemon"' : '';
  return [
    `persistence of ${id}: peers are not told, since the kernel remembers its clients (engine ${engine}): set engine = net for it${own}`,
  ];
}

/** Nothing of an engine that is named and can. */
function choiceLines(
  { id, options }: VirtualService,
  { engine, reason, refusal }: EngineChoice,
): readonly string[] {
  if (refusal !== undefined) return [`engine of ${id}: ${reason} (${refusal})`];
  return options.engine === 'auto' ? [`engine of ${id}: ${engine} (${reason})`] : [];
}
