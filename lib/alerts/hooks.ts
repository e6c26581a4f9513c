import type { LookupFunction } from 'node:net';
import type { Log } from '../model/log.ts';
import type { HookStatus } from '../model/status.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { Gate } from './gate.ts';
import type { Hook } from './hook.ts';
import { createHookCommand } from './hook-command.ts';
import { HookLane, type Share } from './hook-lane.ts';
import { HookTally } from './hook-tally.ts';
import { Receivers } from './receivers.ts';
import {
  HOOK_KINDS,
  type HookKind,
  ServiceHooks,
  type ServiceHooksParties,
} from './service-hooks.ts';
import type { StateChange } from './state-change.ts';
import { createWebhook } from './webhook.ts';

/** Tells changes of state to the webhooks and commands of services. */
export interface Hooks {
  /** Start and reload. What waits goes on, to where the services say now. */
  follow(services: readonly VirtualService[]): void;
  /** Returns at once. */
  changed(service: VirtualService, change: StateChange): void;
  status(): Readonly<Record<HookKind, HookStatus>>;
  /** Takes nothing more. Settles when what waits is told, or dropped in its time; or at the abort. */
  tellAll(hurry: AbortSignal): Promise<void>;
  /** Takes nothing more and goes on telling what waits until an attempt fails, no longer than `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** What hooks work with. */
export interface HooksParts {
  readonly log: Log;
  /** This host's name. */
  readonly host: string;
  /** How a receiver's name is looked up; undefined: by Node. */
  readonly lookup?: LookupFunction | undefined;
}

/** Programs that run at once. */
const MOST_PROGRAMS = 8;

export function createHooks(parts: HooksParts): Hooks {
  return new AllHooks(parts);
}

class AllHooks implements Hooks, ServiceHooksParties {
  readonly host: string;
  readonly #lookup: LookupFunction | undefined;
  readonly #tallies: Readonly<Record<HookKind, HookTally>>;
  readonly #share: Share = { waiting: 0 };
  readonly #services = new Map<string, ServiceHooks>();
  readonly #receivers = new Receivers();
  readonly #programs = new Gate(MOST_PROGRAMS);
  /** Those that nothing more is pushed to, and that have something left. */
  readonly #leaving = new Map<HookLane, HookKind>();
  #closed = false;

  constructor({ log, host, lookup }: HooksParts) {
    this.host = host;
    this.#lookup = lookup;
    this.#tallies = {
      webhook: new HookTally('webhook', log),
      command: new HookTally('command', log),
    };
  }

  follow(services: readonly VirtualService[]): void {
    this.#receivers.forget();
    // One that is gone stays until it is told that it is.
    for (const service of services) {
      const hooks = this.#services.get(service.id);
      hooks?.follow(service);
      if (hooks?.isIdle) this.#end(service.id, hooks);
    }
    for (const kind of HOOK_KINDS) {
      const hooks = services.flatMap((service) => this.hook(kind, service) ?? []);
      this.#tallies[kind].keepOnly(new Set(hooks.map(({ name }) => name)));
    }
  }

  changed(service: VirtualService, change: StateChange): void {
    const { id } = service;
    if (this.#closed) return;
    const hooks = this.#services.get(id) ?? new ServiceHooks(service, this);
    this.#services.set(id, hooks);
    hooks.changed(change);
    const isGone = change.real === undefined && change.to === null;
    if (isGone || hooks.isIdle) this.#end(id, hooks);
  }

  status(): Readonly<Record<HookKind, HookStatus>> {
    return { webhook: this.#status('webhook'), command: this.#status('command') };
  }

  async tellAll(hurry: AbortSignal): Promise<void> {
    const told = Promise.all(this.#endAll().map((lane) => lane.drained()));
    const hurried = new Promise((resolve) => {
      if (hurry.aborted) resolve(undefined);
      else hurry.addEventListener('abort', resolve, { once: true });
    });
    await Promise.race([told, hurried]);
  }

  async close(timeoutMs: number): Promise<void> {
    const lanes = this.#endAll();
    const timer = setTimeout(() => {
      for (const lane of lanes) lane.cut();
    }, timeoutMs);
    await Promise.all(lanes.map((lane) => lane.close()));
    clearTimeout(timer);
    this.#receivers.close();
    for (const kind of HOOK_KINDS) this.#tallies[kind].end();
  }

  hook(kind: HookKind, { options }: VirtualService): Hook | undefined {
    const { webhook, webhookCa, command, commandTimeoutMs } = options;
    if (kind === 'command')
      return command === undefined
        ? undefined
        : createHookCommand(command, commandTimeoutMs, this.#programs);
    if (webhook === undefined) return undefined;
    const receiver = this.#receivers.of(webhook, webhookCa);
    return createWebhook(webhook, options, receiver, this.#lookup);
  }

  lane(kind: HookKind, hook: Hook): HookLane {
    return new HookLane(hook, this.#tallies[kind], this.#share);
  }

  leave(kind: HookKind, lane: HookLane): void {
    this.#leaving.set(lane, kind);
    void lane.drained().then(() => this.#leaving.delete(lane));
  }

  #endAll(): readonly HookLane[] {
    this.#closed = true;
    for (const hooks of this.#services.values()) hooks.end();
    this.#services.clear();
    return [...this.#leaving.keys()];
  }

  #end(id: string, hooks: ServiceHooks): void {
    this.#services.delete(id);
    hooks.end();
  }

  #status(kind: HookKind): HookStatus {
    const { counts, problem } = this.#tallies[kind];
    let pending = 0;
    for (const hooks of this.#services.values()) pending += hooks.pending(kind);
    for (const [lane, of] of this.#leaving) if (of === kind) pending += lane.pending;
    return { ...counts, pending, problem };
  }
}
