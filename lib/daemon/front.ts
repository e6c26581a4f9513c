import type { Config } from '../config/config.ts';
import type { ControlOptions, ControlServer } from '../control/index.ts';
import type { ReloadOutcome } from '../director/plan.ts';
import type { Launch } from '../instance/launch.ts';
import { within } from '../model/within.ts';
import { appear, putBack, removeAside } from './appear.ts';
import type { HeritageKeeper } from './heritage.ts';
import type { DaemonLog } from './log/log.ts';
import { measured } from './measured.ts';
import type { Naming } from './naming.ts';
import type { Parts } from './parts.ts';
import type { Peering } from './peering.ts';
import type { Reloader } from './reloader.ts';
import type { RoleKeeper } from './role.ts';
import { statusDocument } from './status.ts';
import { keepWeb } from './web.ts';

/** In which a director that hands over lets go of the page's place. */
const HANDED_OVER_MS = 5_000;

/** In which a director that hands over has written its counters. */
const COUNTED_MS = 5_000;

/** What others see of a director: control socket, pid file and page. */
export interface Front {
  /** From now on it is seen. @throws Error in words for the operator */
  show(): Promise<void>;
  /** Whether it has been. */
  readonly isSeen: boolean;
  /** A successor has failed: its sockets have their names again. */
  regain(): void;
  /** A reload has ended: `/metrics` counts them. */
  reloaded(outcome: ReloadOutcome): void;
  /** What a reload changes of it. */
  follow(next: Config): Promise<void>;
  /** At the first word of the end, since a successor has its page where this one's is. Idempotent. */
  closePage(): Promise<void>;
  close(): Promise<void>;
}

export interface FrontParties {
  readonly launch: Launch;
  readonly reloader: Reloader;
  readonly parts: Pick<Parts, 'director' | 'alerts' | 'connectionLog'>;
  readonly naming: Pick<Naming, 'status'>;
  readonly peering: Pick<Peering, 'status'>;
  readonly role: Pick<RoleKeeper, 'current' | 'take'>;
  readonly heritage: Pick<HeritageKeeper, 'counted'>;
  readonly log: DaemonLog;
}

export function createFront(config: Config, parties: FrontParties): Front {
  const { launch, reloader, parts, naming, peering, role, heritage, log } = parties;
  const { director, alerts } = parts;
  const status = async (checks: number) => {
    await within(COUNTED_MS, heritage.counted, () => {});
    return statusDocument(
      reloader,
      { director, alerts, naming, peering, role },
      checks,
    );
  };
  const shared = { status, desk: director.desk, log };
  const page = keepWeb(shared, launch.predecessor ? HANDED_OVER_MS : 0);
  const reloads = { ok: 0, refused: 0 };
  let control: ControlServer | undefined;
  const options = socketOptions(config);
  const sockets = [launch.instance.socket, options.readOnly?.path ?? []].flat();
  return {
    get isSeen() {
      return control !== undefined;
    },
    regain: () => putBack(sockets, process.pid),
    async show() {
      control = await appear(launch, {
        ...shared,
        reload: (by) => {
          log.info(`Reloading Linux Director Daemon config, asked for by ${by}`);
          return reloader.reload();
        },
        plan: () => reloader.plan(),
        standing: {
          readiness: (of) => director.readiness(of),
          role: () => role.current,
          takeRole: (wanted, by) => role.take(wanted, by),
        },
        ...measured(parts, { reloader, reloads, log }),
        ...options,
      });
      await page.follow(config.options.web);
    },
    reloaded({ ok }) {
      reloads[ok ? 'ok' : 'refused']++;
    },
    follow: ({ options }) => page.follow(options.web),
    closePage: () => page.close(),
    async close() {
      const given = control?.close().then(() => removeAside(sockets, process.pid));
      await Promise.all([page.close(), given]);
    },
  };
}

function socketOptions({
  options,
}: Config): Pick<ControlOptions, 'maxConnections' | 'access' | 'readOnly'> {
  const { maxConnections, mode, group, readOnlySocket: path, readOnlyMode } = options;
  const readOnly = path === undefined ? undefined : { path, mode: readOnlyMode };
  return { maxConnections, access: { mode, group }, readOnly };
}
