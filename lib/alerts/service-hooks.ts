import type { VirtualService } from '../model/virtual-service.ts';
import type { Hook } from './hook.ts';
import type { HookLane } from './hook-lane.ts';
import { type Message, messageOf } from './message.ts';
import { Pace } from './pace.ts';
import type { StateChange } from './state-change.ts';

/** The kinds of hooks there are. */
export const HOOK_KINDS = ['webhook', 'command'] as const;

export type HookKind = (typeof HOOK_KINDS)[number];

/** What a service's hooks work with. */
export interface ServiceHooksParties {
  /** This host's name. */
  readonly host: string;
  /** The service's hook of that kind; undefined: it has none. */
  hook(kind: HookKind, service: VirtualService): Hook | undefined;
  lane(kind: HookKind, hook: Hook): HookLane;
  /** No more is pushed there; what waits goes on. */
  leave(kind: HookKind, lane: HookLane): void;
}

/** To whom the changes of one virtual service are told, in order. */
export class ServiceHooks {
  readonly #parties: ServiceHooksParties;
  #service: VirtualService;
  readonly #lanes = new Map<HookKind, HookLane>();
  readonly #pace = new Pace((told) =>
    this.#tell(messageOf(this.#service, told, this.#parties.host)),
  );
  #sequence = 0;

  constructor(service: VirtualService, parties: ServiceHooksParties) {
    this.#service = service;
    this.#parties = parties;
    this.follow(service);
  }

  /** Whether nobody is told. */
  get isIdle(): boolean {
    return this.#lanes.size === 0;
  }

  /** The service as it is from now on; what waits goes where it says now. */
  follow(service: VirtualService): void {
    this.#service = service;
    for (const kind of HOOK_KINDS) {
      const hook = this.#parties.hook(kind, service);
      const lane = this.#lanes.get(kind);
      if (hook && lane) lane.follow(hook);
      else if (hook) this.#lanes.set(kind, this.#parties.lane(kind, hook));
      else if (lane) this.#leave(kind, lane);
    }
  }

  changed(change: StateChange): void {
    const isGone = change.real === undefined && change.to === null;
    // Nothing of it is told behind that.
    if (isGone) this.#pace.flush();
    this.#sequence++;
    this.#pace.push({ change, sequence: this.#sequence, changes: 1 });
  }

  /** Messages that wait on hooks of that kind. */
  pending(kind: HookKind): number {
    const lane = this.#lanes.get(kind);
    return lane ? lane.pending + this.#pace.held : 0;
  }

  /** The service is gone: what is held is told, what waits goes on. */
  end(): void {
    this.#pace.flush();
    for (const [kind, lane] of this.#lanes) this.#leave(kind, lane);
  }

  #leave(kind: HookKind, lane: HookLane): void {
    this.#lanes.delete(kind);
    this.#parties.leave(kind, lane);
  }

  #tell(message: Message): void {
    for (const lane of this.#lanes.values()) lane.push(message);
  }
}
