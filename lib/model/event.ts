import type { AdminState } from './override.ts';
import type { RealState, ServiceState } from './status.ts';

/** Something that happened, as `GET /v1/events` tells it. */
export type DirectorEvent = Happening & {
  /** Rises by 1; begins anew when the director does. */
  readonly id: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
};

export type Happening =
  /** A real server took another state or weight, by its checks, the file or an operator. */
  | {
      readonly type: 'real';
      readonly service: string;
      readonly real: string;
      /** Null: it is new. */
      readonly from: RealState | null;
      /** Null: it left the configuration. */
      readonly to: RealState | null;
      /** In force from now on, or what it warms up to; 0 where it is not in the table. */
      readonly weight: number;
      /** What its last check said, or its agent, or what failed of its clients' connections; null: none of
       *  these changed it. */
      readonly message: string | null;
    }
  | {
      readonly type: 'service';
      readonly service: string;
      readonly from: ServiceState | null;
      readonly to: ServiceState | null;
    }
  /** An operator changed something: what the audit line says. */
  | {
      readonly type: 'change';
      readonly by: string;
      readonly service: string | null;
      readonly real: string | null;
      readonly what:
        | 'weight'
        | 'state'
        | 'agent'
        | 'drain'
        | 'connections'
        | 'persistence';
      readonly old: AdminState | number | null;
      readonly new: AdminState | number | null;
    }
  /** A reload ended; the reason is why it was refused. */
  | { readonly type: 'reload'; readonly ok: boolean; readonly reason: string | null };
