import type { Alerts } from '../alerts/alerts.ts';
import type { Director } from '../director/director.ts';
import { canShare } from '../engines/net/crew/worker-count.ts';
import { EXIT, type Launch } from '../instance/launch.ts';
import { HANDED_OVER } from '../instance/process.ts';
import { refusals } from '../instance/succession.ts';
import type { Log } from '../model/log.ts';
import { TimeLimit } from '../model/time-limit.ts';
import type { OverrideFile } from '../state/override-store.ts';
import type { Ending } from './ending.ts';
import type { EstateKeeper } from './estate.ts';
import type { Front } from './front.ts';
import type { HeritageKeeper } from './heritage.ts';
import { migrationDoubt } from './migration.ts';
import type { Naming } from './naming.ts';
import type { Notifier } from './notify.ts';
import type { Reloader } from './reloader.ts';
import { startSuccessor } from './successor.ts';

export interface HandoverParties {
  readonly launch: Launch;
  readonly reloader: Pick<Reloader, 'config' | 'asked'>;
  readonly director: Pick<Director, 'services' | 'hold' | 'leave'>;
  readonly heritage: Pick<HeritageKeeper, 'write' | 'leave'>;
  readonly alerts: Pick<Alerts, 'tellAll'>;
  readonly overrides: Pick<OverrideFile, 'flush'>;
  readonly naming: Pick<Naming, 'flush'>;
  readonly notifier: Notifier;
  /** Open from before a successor starts: it is asked as soon as that is at work. */
  readonly estate: EstateKeeper;
  readonly front: Pick<Front, 'regain'>;
  readonly ending: Ending;
  readonly log: Log;
}

/** `upgrade`: a successor is started, and this director's end is asked for when that is at work. Until
 *  then, and where there is none, nothing changes. Asked again meanwhile it does nothing. */
export function createHandover(parties: HandoverParties): () => Promise<void> {
  const { launch, director, heritage, notifier, estate, front, ending, log } = parties;
  let running = false;

  async function handOver(): Promise<readonly string[]> {
    const obstacles = await obstaclesOf(parties);
    if (obstacles.length > 0) return obstacles;
    const { config, asked } = parties.reloader;
    await estate.open();
    // The successor lets clients in before this director lets go.
    await Promise.all([heritage.write(), parties.naming.flush()]);
    log.info('Starting a successor, to hand over to it');
    const doubt = migrationDoubt();
    if (doubt !== undefined) log.warn(doubt);
    const outcome = await startSuccessor(launch, notifier.environment);
    if (!outcome.ok) return outcome.reasons;
    const { pid } = outcome.successor;
    // A reload since then is the successor's to make, also one that is not over.
    if (parties.reloader.asked !== asked) process.kill(pid, 'SIGHUP');
    const why = `Linux Director Daemon has handed over to pid ${pid}`;
    const { drainTimeoutMs: limitMs } = config.options;
    log.info(
      `Handed over to pid ${pid}: what is open goes on, for ${limitMs / 1000} s at most`,
    );
    ending.ask({ why, exitCode: EXIT.done, leave: leaving(parties, limitMs) });
    return [];
  }

  return async () => {
    // In a terminal it is that the window has another size.
    if (running || !isManaged(parties) || ending.signal.aborted) return;
    running = true;
    const held = director.hold();
    try {
      const reasons = await handOver();
      for (const reason of reasons) log.error(`Not upgraded: ${reason}`);
      if (reasons.length > 0) refusals(launch.instance).write(reasons);
    } catch (error) {
      log.error(`Not upgraded: ${String(error)}`);
    } finally {
      running = false;
      if (!ending.handedOver) {
        front.regain();
        held[Symbol.dispose]();
        await estate.close();
      }
    }
  };
}

/** How it goes on with what is open, once it has handed over. */
function leaving(
  {
    director,
    heritage,
    alerts,
  }: Pick<HandoverParties, 'director' | 'heritage' | 'alerts'>,
  limitMs: number,
): (hurry: AbortSignal) => Promise<void> {
  return async (hurry) => {
    process.title = HANDED_OVER;
    using time = new TimeLimit(limitMs, hurry);
    await Promise.all([
      director.leave(time.signal, () => void heritage.leave()),
      alerts.tellAll(time.signal),
    ]);
  };
}

/** Whether another process may be the service: a supervisor that only watches its child would start a
 *  second one. */
function isManaged({ launch, notifier }: HandoverParties): boolean {
  return launch.mode === 'daemon' || (launch.mode === 'foreground' && notifier.wanted);
}

/** Why connections, or what was changed at run time, would be lost, in words. */
async function obstaclesOf({
  reloader,
  director,
  overrides,
}: HandoverParties): Promise<readonly string[]> {
  const { node } = process.versions;
  if (!canShare(node))
    return [`Node ${node} cannot share an address with another process: restart it`];
  const unkept = await overrides.flush();
  if (unkept !== undefined)
    return [
      `Changes made at run time would be lost: ${unkept}; make room, or mend that`,
    ];
  const captured = new Set(
    reloader.config.virtuals.flatMap(({ id, options }) =>
      options.capture ? [id] : [],
    ),
  );
  const services = await director.services();
  return services.flatMap(({ id, engine }) => {
    if (engine !== 'net')
      return `${id} is carried by ${engine}, which one director at a time drives: restart it`;
    return captured.has(id) ? `${id} has capture = yes: restart it` : [];
  });
}
