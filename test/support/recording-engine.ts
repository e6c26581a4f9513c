import type {
  Engine,
  EngineEvent,
  RecoveredService,
  ServiceOutcome,
  ServiceStats,
  ServiceTable,
} from '../../lib/model/engine.ts';
import { NOTHING_LISTED } from '../../lib/model/listed.ts';
import type { Traffic } from '../../lib/model/traffic.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';

/** An engine that carries nothing and keeps what it was told. */
export interface RecordingEngine extends Engine {
  /** Every table it was given, the last one in force. */
  readonly tables: readonly ServiceTable[];
  /** And what others carried then. */
  readonly besides: readonly ServiceTable[];
  /** Most apply() calls under way at once. */
  readonly mostAtOnce: () => number;
  /** `id@weight` of the servers in force for a service; undefined: it is not in the table. */
  inForce(serviceId: string): readonly string[] | undefined;
  tell(event: EngineEvent): void;
  readonly closed: () => boolean;
  /** Every call in its order: `recover` and `apply` with the ids of the services, `close clean` or
   *  `close`. */
  readonly calls: readonly string[];
}

/** Of an engine that nothing goes through. */
const NO_TRAFFIC: Traffic = {
  connections: async () => NOTHING_LISTED,
  end: async () => 0,
  persistence: async () => NOTHING_LISTED,
  forget: async () => 0,
};

/** @param how  what to answer instead of carrying everything; `apply` may throw or take its time */
export function recordingEngine(
  how: {
    readonly refuses?: (service: VirtualService) => string | undefined;
    readonly apply?: (table: ServiceTable) => Promise<readonly ServiceOutcome[]>;
    /** What it found in force; it may throw or take its time. */
    readonly recover?: () => Promise<readonly RecoveredService[]>;
    readonly recovered?: readonly RecoveredService[];
    readonly probe?: () => Promise<string | undefined>;
    readonly left?: () => Promise<boolean>;
    readonly inexact?: () => string | undefined;
    readonly returnPath?: string;
    /** Where calls are noted besides, with that name before them. */
    readonly journal?: { readonly name: string; readonly calls: string[] };
    readonly dials?: true;
    readonly stats?: () => Promise<readonly ServiceStats[]>;
    readonly traffic?: Traffic;
  } = {},
): RecordingEngine {
  const tables: ServiceTable[] = [];
  const besides: ServiceTable[] = [];
  const events = eventQueue<EngineEvent>();
  let running = 0;
  let most = 0;
  let closed = false;
  const calls: string[] = [];
  const note = (call: string) => {
    calls.push(call);
    how.journal?.calls.push(`${how.journal.name} ${call}`);
  };
  return {
    traffic: how.traffic ?? NO_TRAFFIC,
    tables,
    besides,
    ...(how.dials && { dials: how.dials }),
    calls,
    mostAtOnce: () => most,
    closed: () => closed,
    events,
    tell: events.push,
    inForce(serviceId) {
      const entry = tables.at(-1)?.find(({ service }) => service.id === serviceId);
      return entry?.servers.map(({ id, weight }) => `${id}@${weight}`);
    },
    refuses: (service) => how.refuses?.(service),
    async probe() {
      note('probe');
      return how.probe?.();
    },
    inexact: () => how.inexact?.(),
    returnPath: () => how.returnPath,
    async left() {
      note('left');
      return how.left?.() ?? false;
    },
    async recover(services) {
      note(['recover', ...services.map(({ id }) => id)].join(' '));
      return how.recover?.() ?? how.recovered ?? [];
    },
    async apply(table, beside = []) {
      note(['apply', ...table.map(({ service }) => service.id)].join(' '));
      most = Math.max(most, ++running);
      tables.push(table);
      besides.push(beside);
      try {
        return (await how.apply?.(table)) ?? table.map(carried);
      } finally {
        running--;
      }
    },
    stats: async () => (await how.stats?.()) ?? [],
    workers: () => [],
    async close({ clean }) {
      note(clean ? 'close clean' : 'close');
      closed = true;
      events.end();
    },
  };
}

/** What an engine answers that has nothing to complain of. */
export function carried({ service, servers }: ServiceTable[number]): ServiceOutcome {
  const open = servers.some(({ weight }) => weight > 0);
  return { id: service.id, state: open ? 'carried' : 'idle' };
}

function eventQueue<T>() {
  const queue: T[] = [];
  let wake = () => {};
  let ended = false;
  return {
    push(item: T) {
      queue.push(item);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        yield* queue.splice(0);
        if (ended) return;
        if (queue.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
  };
}
