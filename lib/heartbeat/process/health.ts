import { get } from 'node:http';
import { basename, join } from 'node:path';
import type { ResourceGroup } from '../config/haresources.ts';

/** A director that haresources names, and how it is asked. */
export interface Watched {
  /** Its control socket. */
  readonly socket: string;
  /** It runs on both hosts: one that does not answer is ill. Else only where its group is. */
  readonly isWarm: boolean;
  /** Whose group it is in, in lower case. */
  readonly node: string;
}

export interface HealthOptions {
  readonly watched: readonly Watched[];
  readonly everyMs: number;
  /** Whether a director of that node's group is to run on this host now; undefined: it is being moved. */
  isHere(node: string): boolean | undefined;
  /** Called at each change, and first when it is ill. */
  said(isWell: boolean): void;
}

const SCRIPTS: ReadonlySet<string> = new Set(['l4director', 'ldirectord']);
const DEFAULT_CONFIG = 'ldirectord.cf';
/** An answer comes from memory. */
const ANSWER_MS = 1000;
/** So many bad answers in a row: one may be a restart. */
const MOST = 3;

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
      return [{ socket, isWarm: args.includes('warm'), node }];
    }),
  );
}

/** Asks the directors of this host again and again whether clients would be served here. */
export class Health {
  readonly #options: HealthOptions;
  #timer: NodeJS.Timeout | undefined;
  #bad = 0;
  #isWell = true;
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

  async #look(): Promise<void> {
    const found = await Promise.all(this.#options.watched.map((one) => this.#one(one)));
    this.#timer = undefined;
    if (this.#isOver) return;
    this.start();
    if (found.includes(undefined)) return;
    this.#bad = found.includes(false) ? this.#bad + 1 : 0;
    const isWell = this.#bad === 0 || (this.#isWell && this.#bad < MOST);
    if (isWell === this.#isWell) return;
    this.#isWell = isWell;
    this.#options.said(isWell);
  }

  /** @returns undefined: it cannot be said now */
  async #one({ socket, isWarm, node }: Watched): Promise<boolean | undefined> {
    const status = await readiness(socket);
    if (status !== undefined) return status < 300;
    const isHere = isWarm || this.#options.isHere(node);
    return isHere === undefined ? undefined : !isHere;
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
