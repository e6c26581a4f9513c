import { get } from 'node:http';
import { basename, join } from 'node:path';
import type { ResourceGroup } from '../config/haresources.ts';

/** A director that haresources names, and how it is asked. */
export interface Watched {
  /** Its control socket. */
  readonly socket: string;
  /** It runs on both hosts: one that does not answer is ill. Else only where its group is. */
  readonly isWarm: boolean;
  /** It may be ldirectord, which has no such socket: silence says nothing until there was an answer. */
  readonly isPerhapsAnother: boolean;
  /** Whose group it is in, in lower case. */
  readonly node: string;
}

export interface HealthOptions {
  readonly watched: readonly Watched[];
  readonly everyMs: number;
  /** So long an illness is remembered of a director that is not to run here any more; default: {@link REST_MS}. */
  readonly restMs?: number;
  /** Whether a director of that node's group is to run on this host now; undefined: it is being moved. */
  isHere(node: string): boolean | undefined;
  /** Called at each change, and first when it is ill. */
  said(isWell: boolean): void;
}

const NAME = 'l4director';
const SCRIPTS: ReadonlySet<string> = new Set([NAME, 'ldirectord']);
const DEFAULT_CONFIG = 'ldirectord.cf';
/** An answer comes from memory. */
const ANSWER_MS = 1000;
/** So many bad answers in a row: one may be a restart. */
const MOST = 3;
/** A director that went with its group is asked no more. Taken for well it would get the group back, and be found ill
 *  again, and so on: or, where nobody's real servers answer, both nodes would give it to each other for ever. */
const REST_MS = 600_000;

/** What is known of one; `away`: it is not to run here, and does not; undefined: its group is being moved. */
type Look = 'well' | 'ill' | 'away' | undefined;

/** The directors of haresources.
 *  @param runDir  where their sockets are */
export function watchedIn(
  groups: readonly ResourceGroup[],
  runDir: string,
): readonly Watched[] {
  return groups.flatMap(({ node, resources }) =>
    resources.flatMap(({ script, args }) => {
      if (!SCRIPTS.has(script)) return [];
      const name = basename(args[0] ?? DEFAULT_CONFIG);
      const socket = join(runDir, `l4director.${name}.sock`);
      const isWarm = args.includes('warm');
      return [{ socket, isWarm, isPerhapsAnother: script !== NAME, node }];
    }),
  );
}

/** Asks the directors of this host again and again whether clients would be served here. */
export class Health {
  readonly #options: HealthOptions;
  /** Of the next look; undefined: one is under way. */
  #timer: NodeJS.Timeout | undefined;
  #bad = 0;
  #isWell = true;
  /** When one was found ill last, on the monotonic clock. */
  #illAt = Number.NEGATIVE_INFINITY;
  readonly #answered = new Set<Watched>();
  /** Groups have moved during the look that is under way. */
  #isHurried = false;
  #isOver = false;

  constructor(options: HealthOptions) {
    this.#options = options;
  }

  /** Costs nothing where there is nobody to ask. */
  start(): void {
    const { watched, everyMs } = this.#options;
    if (watched.length > 0 && !this.#isOver)
      this.#timer ??= setTimeout(() => void this.#look(), everyMs);
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** Groups have come or gone: they are asked at once, and not when their turn is. */
  hurry(): void {
    this.#isHurried = !this.#timer;
    if (this.#isHurried || this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), 0);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    const found = await Promise.all(this.#options.watched.map((one) => this.#one(one)));
    if (this.#isOver) return;
    this.start();
    if (this.#isHurried) this.hurry();
    const isWell = this.#judged(found);
    if (isWell === this.#isWell) return;
    this.#isWell = isWell;
    this.#options.said(isWell);
  }

  #judged(found: readonly Look[]): boolean {
    if (found.includes(undefined)) return this.#isWell;
    const now = performance.now();
    if (found.includes('ill')) {
      this.#illAt = now;
      this.#bad++;
      return this.#isWell && this.#bad < MOST;
    }
    this.#bad = 0;
    const { restMs = REST_MS } = this.#options;
    return this.#isWell || !found.includes('away') || now - this.#illAt >= restMs;
  }

  async #one(watched: Watched): Promise<Look> {
    const { socket, isWarm, isPerhapsAnother, node } = watched;
    const status = await readiness(socket);
    if (status !== undefined) {
      this.#answered.add(watched);
      return status < 300 ? 'well' : 'ill';
    }
    const isHere = isWarm || this.#options.isHere(node);
    if (isHere === undefined) return undefined;
    if (!isHere) return 'away';
    return isPerhapsAnother && !this.#answered.has(watched) ? 'well' : 'ill';
  }
}

/** @returns undefined: nobody answers */
function readiness(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: '/v1/ready', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.setTimeout(ANSWER_MS, () => request.destroy());
    request.on('error', () => resolve(undefined));
  });
}
