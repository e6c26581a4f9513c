import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type {
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../../lib/model/status.ts';
import type { Host } from './network.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/l4director.js', import.meta.url));
const INSIDE = fileURLToPath(new URL('../../../test/lab/inside', import.meta.url));
const run = promisify(execFile);

/** What a command of l4director answered. */
export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real daemon on one of the lab's hosts: started, asked and stopped by its own commands. */
export interface Daemon extends AsyncDisposable {
  /** `start`, `reload`, `status`, `stop` ... */
  command(...args: readonly string[]): Promise<Answer>;
  /** Overwrites the config; `reload` makes it count. */
  write(config: string): Promise<void>;
  status(): Promise<StatusDocument>;
  /** The first of its services. */
  service(): Promise<ServiceStatus>;
  /** Waits until the status of the (first) service is as wanted.
   *  @returns milliseconds that it took; rejects with the last status at the deadline */
  until(what: (service: ServiceStatus) => boolean, withinMs: number): Promise<number>;
  pid(): Promise<number>;
  /** Log lines so far, in the file or at /dev/log, without their date. */
  log(): Promise<readonly string[]>;
  /** Largest memory of the process since `resetPeak`, in KiB. */
  peakMemory(): Promise<number>;
  resetPeak(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts nothing yet. The daemon has a /var/log and a /dev/log of its own: what it writes
 *  there stays in the host's folder.
 *  @param config  text of the file; FOLDER stands for the host's folder
 *  @param ini  text of the .ini beside it
 *  @param more  environment of its commands, and so its own */
export async function createDaemon(
  host: Host,
  config: string,
  ini: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Daemon> {
  const file = join(host.folder, 'ldirectord.cf');
  const runtime = join(host.folder, 'run');
  const instance = basename(file);
  await mkdir(runtime);
  await mkdir(join(host.folder, 'log'));
  await mkdir(join(host.folder, 'dev'));
  await writeFile(join(host.folder, 'ldirectord.ini'), ini);
  const write = (text: string) =>
    writeFile(file, text.replaceAll('FOLDER', host.folder));
  await write(config);

  const command = async (...args: readonly string[]): Promise<Answer> => {
    const options = [
      '--ini',
      join(host.folder, 'ldirectord.ini'),
      '--runtime-dir',
      runtime,
    ];
    const words = [process.execPath, PROGRAM, ...options, file, ...args];
    const inside = ['netns', 'exec', host.namespace, INSIDE, host.folder, ...words];
    try {
      return {
        code: 0,
        ...(await run('ip', inside, { env: { ...plainEnvironment(), ...more } })),
      };
    } catch (error) {
      const { code, stdout, stderr } = error as Answer; // execFile's error has these.
      return { code, stdout, stderr };
    }
  };
  const status = () => getStatus(join(runtime, `l4director.${instance}.sock`));
  const service = async () => {
    const { services } = await status();
    if (!services[0]) throw new Error('the config has no virtual service');
    return services[0];
  };
  const pid = async () =>
    Number(await readFile(join(runtime, `ldirectord.${instance}.pid`), 'utf8'));
  const stop = async () => {
    const { code, stderr } = await command('stop');
    if (code !== 0) throw new Error(`stop: exit ${code}: ${stderr}`);
  };
  return {
    command,
    write,
    status,
    service,
    until: (what, withinMs) => until(service, what, withinMs),
    pid,
    log: () => readLog(host),
    peakMemory: async () => {
      const text = await readFile(`/proc/${await pid()}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+)/m.exec(text)?.[1]);
    },
    resetPeak: async () => writeFile(`/proc/${await pid()}/clear_refs`, '5'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Without what the test runner puts there for itself. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}

function getStatus(socketPath: string): Promise<StatusDocument> {
  return new Promise((resolve, reject) => {
    const client = request(
      { socketPath, path: '/v1/status', agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(JSON.parse(text)));
      },
    );
    client.on('error', reject).end();
  });
}

async function until(
  current: () => Promise<ServiceStatus>,
  what: (service: ServiceStatus) => boolean,
  withinMs: number,
): Promise<number> {
  const began = performance.now();
  for (;;) {
    const service = await current();
    const took = performance.now() - began;
    if (what(service)) return took;
    if (took > withinMs)
      throw new Error(
        `not within ${withinMs} ms: ${what}\n${JSON.stringify(service, null, 1)}`,
      );
    await sleep(25);
  }
}

async function readLog(host: Host): Promise<readonly string[]> {
  const files = ['log/ldirectord.log', 'syslog'].map((name) => join(host.folder, name));
  const texts = await Promise.all(
    files.map((name) => readFile(name, 'utf8').catch(() => '')),
  );
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/^\[.*?\] |^.*?ldirectord\[\d+\]: /, ''));
}

/** The service's server of that id; throws when there is none. */
export function server(service: ServiceStatus, id: string): RealStatus {
  const found = service.reals.find((real) => real.id === id);
  if (!found) throw new Error(`no server ${id} in ${JSON.stringify(service.reals)}`);
  return found;
}
