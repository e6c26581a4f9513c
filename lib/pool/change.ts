import type { CheckReport } from '../model/check.ts';
import type { OverReason, Override } from '../model/override.ts';
import type { RealState } from '../model/status.ts';
import type { ReserveRole } from '../model/virtual-service.ts';

/** A change of the table for one server. */
export interface TableChange {
  /** `added`: was not in the table; `restored`: was, with another weight, method or threshold;
   *  `reweighed`: stays up, with another weight by its agent;
   *  `quiesced`, `readd-quiesced`: weight 0, the second where readdquiescent had to add it;
   *  `deleted`: is down and out of the table; `purged`: left the configuration. */
  readonly type:
    | 'added'
    | 'restored'
    | 'reweighed'
    | 'quiesced'
    | 'readd-quiesced'
    | 'deleted'
    | 'purged';
  /** `10.1.1.21:80`; a fallback's carries no prefix. */
  readonly server: string;
  readonly fallback: boolean;
  /** It is of the reserve. */
  readonly role?: ReserveRole | undefined;
  /** In force from now on; 0 for a server that left the table. */
  readonly weight: number;
  /** The report that brought it about; undefined: the configuration did. */
  readonly report: CheckReport | undefined;
  /** What its agent says now, where that brought it about. */
  readonly agent?: string;
  /** What failed of its clients' connections, where that brought it about. */
  readonly passive?: string;
}

/** What happened in a pool, as data: log lines, mail and commands are made from it. */
export type PoolChange =
  | TableChange
  | {
      readonly type: 'soft-failure';
      readonly server: string;
      /** This is failure `failures` of the `max` that make it down. */
      readonly failures: number;
      readonly max: number;
      readonly report: CheckReport;
    }
  | {
      readonly type: 'soft-success';
      readonly server: string;
      /** This is success `successes` of the `needed` that make it up. */
      readonly successes: number;
      readonly needed: number;
      readonly report: CheckReport;
    }
  | { readonly type: 'soft-reset'; readonly server: string }
  /** Its agent says something else, and the table is as it was. */
  | { readonly type: 'agent'; readonly server: string; readonly agent: string }
  /** It is down and stays in force, since more would be out than `panic-threshold` lets go. */
  | {
      readonly type: 'held';
      readonly server: string;
      /** So many of the servers that count are down. */
      readonly down: number;
      readonly of: number;
      /** Percents. */
      readonly threshold: number;
      readonly report: CheckReport | undefined;
      /** What failed of its clients' connections, where it was not a check. */
      readonly passive?: string;
    }
  /** Nobody who is down is in force any more. */
  | { readonly type: 'panic-over'; readonly down: number; readonly of: number }
  /** It came back, and its share grows up to that of its weight. */
  | {
      readonly type: 'warming';
      readonly server: string;
      readonly weight: number;
      /** How long that takes. */
      readonly ms: number;
    }
  /** It has its whole share. */
  | { readonly type: 'warm'; readonly server: string; readonly weight: number }
  /** One of the reserve is up again, and can serve. */
  | {
      readonly type: 'reserve-up';
      readonly server: string;
      readonly role: ReserveRole;
      readonly report: CheckReport | undefined;
    }
  /** It is not, and cannot; causes as of a {@link TableChange}. */
  | {
      readonly type: 'reserve-down';
      readonly server: string;
      readonly role: ReserveRole;
      /** `down` or `maintenance`. */
      readonly state: RealState;
      readonly report: CheckReport | undefined;
      readonly agent?: string;
      readonly passive?: string;
    }
  /** Its line in the file changed or went, and what was changed at run time holds no more. */
  | {
      readonly type: 'overruled';
      readonly server: string;
      readonly why: OverReason;
      readonly override: Override;
    }
  /** Whether any real server counts as up: once when the service settles, then at each change. */
  | { readonly type: 'availability'; readonly up: boolean };
