import type { AlertState } from '../alerts/notice.ts';
import type { Happening } from '../model/event.ts';
import type { ServiceState } from '../model/status.ts';
import type { PoolStep } from '../pool/pool.ts';
import type { KeeperParties } from './keeper-parties.ts';
import { levelOf, logLine } from './log-lines.ts';
import { noticeOf } from './notices.ts';
import { problemOf, type ServiceView, serviceState } from './status.ts';
import { tellTurn } from './told-changes.ts';

type NewsParties = Pick<KeeperParties, 'alerts' | 'log' | 'now' | 'happened'>;

/** What brought a step of the pool about that began with one real server. */
export interface Cause {
  /** Wall clock, milliseconds since 1970. */
  readonly at: number;
  /** What its check or its agent said; null: an operator did it. */
  readonly message: string | null;
  /** What hooks are told where there is no message. */
  readonly why?: string;
  /** A first result belongs to start or reload; default: running. */
  readonly state?: AlertState;
}

/** What log, people, programs and events are told of one service. */
export class ServiceNews {
  readonly #parties: NewsParties;
  #state: ServiceState = 'starting';

  constructor(parties: NewsParties) {
    this.#parties = parties;
  }

  /** Log and people: what the pool made of a report, a reload or a wish.
   *  @param state  what brought the changes about: a first result belongs to start or reload */
  changed({ pool, changes }: PoolStep, state: AlertState): void {
    const { alerts, log, now } = this.#parties;
    for (const change of changes) {
      const line = logLine(pool.service, change);
      if (line !== undefined) log[levelOf(change)](line);
      const told = noticeOf(pool.service, change, state, now());
      if (told) alerts.tell(pool.service, told.notice, told.about);
    }
  }

  /** Events and hooks: those of its real servers, then that the service has another state than the one told
   *  last.
   *  @param why  what hooks are told where it was not a check; null: the configuration */
  happened(
    view: Pick<ServiceView, 'pool' | 'carriage' | 'ready'>,
    reals: readonly (Happening | undefined)[],
    why: string | null = null,
  ): void {
    for (const happening of reals) {
      if (happening === undefined) continue;
      this.#parties.happened(happening);
      if (happening.type !== 'real') continue;
      const { real, from, to, message } = happening;
      tellTurn(this.#parties, view.pool, { real, from, to, reason: message ?? why });
    }
    const from = this.#state;
    const to = serviceState(view);
    if (to === from) return;
    this.#state = to;
    const service = view.pool.service.id;
    this.#parties.happened({ type: 'service', service, from, to });
    const reason = problemOf(view) ?? null;
    tellTurn(this.#parties, view.pool, { real: undefined, from, to, reason });
  }
}
