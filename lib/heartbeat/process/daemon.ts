import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidOfName } from '../config/node-uuid.ts';
import {
  type Configuration,
  findingText,
  readConfiguration,
  readKeys,
} from '../local/configuration.ts';
import type { Fifo } from '../local/fifo.ts';
import { openFifo } from '../local/fifo.ts';
import { LONGEST } from '../local/fifo-text.ts';
import type { Files } from '../local/files.ts';
import { nextGeneration } from '../local/generation.ts';
import type { NodeLog } from '../local/log.ts';
import { removePid, writePid } from '../local/pid-file.ts';
import type { Programs } from '../local/programs.ts';
import { uuidOfFile } from '../local/uuid.ts';
import { watchedIn } from './health.ts';
import { beRealtime } from './realtime.ts';
import type { Resources } from './resources.ts';
import { Run } from './run.ts';
import { openStatusSocket, type StatusSocket } from './status-socket.ts';

export interface DaemonOptions {
  readonly files: Files;
  readonly stateDir: string;
  /** As the caller gave it; undefined: the host's. */
  readonly name: string | undefined;
  readonly configuration: Configuration;
  readonly resources: Resources;
  /** Where children and scripts stand while they run. */
  readonly programs: Programs;
  readonly log: NodeLog;
}

const NO_MESSAGE = `what was written there is no message, or longer than ${LONGEST} bytes`;

/** Runs of the node, one after the other, until it is shut down; and what outlives a run. */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #stop = new AbortController();
  #run: Run | undefined;
  #keyring: Configuration['keyring'];
  #readAt = 0;

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#keyring = options.configuration.keyring;
  }

  /** Resolves when everything is given up and closed.
   *  @throws when another daemon runs, or a file of its state cannot be written */
  async play(): Promise<void> {
    const { files, resources, stateDir, log } = this.#options;
    await mkdir(stateDir, { recursive: true });
    const socket = await openStatusSocket(files.status, () => this.#run?.view);
    let fifo: Fifo | undefined;
    try {
      await writePid(files.pid);
      await resources.dropStray();
      this.#readAt = Date.now();
      fifo = await openFifo(files.fifo, (message) => {
        if (message) this.#run?.command(message);
        else log.write('warn', `${files.fifo}: ${NO_MESSAGE}`);
      });
      log.write('info', 'Configuration validated. Starting heartbeat (l4heartbeat)');
      await this.#hurry();
      await this.#runs();
    } finally {
      await this.#close(socket, fifo);
    }
  }

  /** Everything is given up in order, and {@link play} resolves. */
  shutDown(): void {
    this.#options.log.write('info', 'Heartbeat shutdown in progress.');
    this.#stop.abort();
    this.#run?.shutDown();
  }

  /** authkeys is read again; a bad one changes nothing. The other files count at the next start. */
  async reload(): Promise<void> {
    const { files, log, name } = this.#options;
    const { keyring, findings } = await readKeys(files);
    for (const finding of findings)
      log.write(finding.severity === 'error' ? 'error' : 'warn', findingText(finding));
    if (keyring) {
      this.#keyring = keyring;
      this.#run?.rekey(keyring);
      log.write('info', `${files.authkeys} was read again`);
    } else log.write('error', `${files.authkeys}: the keys of before stay in force`);
    for (const file of [files.haCf, files.haresources]) {
      const { mtimeMs } = await stat(file);
      if (mtimeMs > this.#readAt)
        log.write(
          'warn',
          `${file} has changed: it counts when l4heartbeat is restarted`,
        );
    }
    const { configuration } = await readConfiguration(files, name);
    if (!configuration)
      log.write('error', 'the files have errors: l4heartbeat configtest');
  }

  async #hurry(): Promise<void> {
    const { log, configuration, files } = this.#options;
    const { realtime, rtprio } = configuration.config;
    const problem = realtime ? await beRealtime(rtprio) : undefined;
    if (problem !== undefined)
      log.write(
        'warn',
        `No real-time scheduling, so that heartbeats are late where the host is busy ("realtime off" in ${files.haCf} if that may be): ${problem}`,
      );
  }

  async #runs(): Promise<void> {
    const { files, configuration, resources, programs, log } = this.#options;
    const { config, name } = configuration;
    const uuid =
      config.uuidFrom === 'nodename' ? uuidOfName(name) : await uuidOfFile(files.uuid);
    while (!this.#stop.signal.aborted) {
      this.#run = new Run({
        ...configuration,
        keyring: this.#keyring,
        uuid,
        generation: await this.#generation(),
        resources,
        programs,
        hooks: files.hooks,
        watched: watchedIn(configuration.groups, dirname(files.status)),
        log: (level, text) => log.write(level, text),
      });
      // It may have been asked to go while the number was written.
      if (this.#stop.signal.aborted) this.#run.shutDown();
      const { restartAfterMs } = await this.#run.ended;
      if (restartAfterMs === undefined) return;
      log.write('info', `this node begins anew in ${restartAfterMs} ms`);
      const { signal } = this.#stop;
      await sleep(restartAfterMs, undefined, { signal }).catch(() => {});
    }
  }

  async #generation(): Promise<number> {
    const { files, configuration } = this.#options;
    const seconds = Math.floor(Date.now() / 1000);
    return configuration.config.generationFrom === 'time'
      ? seconds
      : await nextGeneration(files.generation, seconds);
  }

  async #close(socket: StatusSocket, fifo: Fifo | undefined): Promise<void> {
    const { files, resources, log } = this.#options;
    fifo?.close();
    await resources.close();
    await removePid(files.pid);
    await socket.close();
    log.write('info', 'Heartbeat shutdown complete.');
    await log.close();
  }
}
