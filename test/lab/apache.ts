import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './network.ts';

/** A Debian Apache on one of the lab's hosts. */
export interface Apache extends AsyncDisposable {
  /** Folder of its pages. */
  readonly root: string;
  /** Writes `index.html`; the text may be anything, the server's name is put below it. */
  page(text: string): Promise<void>;
  /** Lines `CLIENT REQUEST STATUS`, oldest first. */
  requests(): Promise<readonly string[]>;
  /** Stops it in good order and starts it with other `Listen` values. */
  listen(...on: readonly string[]): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

function configuration(folder: string, listen: readonly string[]): string {
  const modules = ['mpm_event', 'authz_core', 'dir'];
  return `
ServerName lab
ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error
User www-data
Group www-data
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${listen.map((address) => `Listen ${address}`).join('\n')}
StartServers 1
ThreadsPerChild 25
ServerLimit 4
MaxRequestWorkers 100
MinSpareThreads 1
MaxSpareThreads 100
KeepAliveTimeout 300
DocumentRoot ${folder}/pages
DirectoryIndex index.html
LogFormat "%a %r %>s" lab
CustomLog ${folder}/access lab
`;
}

/** Resolves when it accepts connections; rejects with what it said when it does not.
 *  Looks again and again: a program on another pid has no event for this process. */
async function ready(child: ChildProcess, log: string): Promise<void> {
  const said: string[] = [];
  child.stderr?.on('data', (text) => said.push(String(text)));
  while (!(await readFile(log, 'utf8').catch(() => '')).includes('resuming normal')) {
    if (child.exitCode !== null) throw new Error(`apache2 ended: ${said.join('')}`);
    await sleep(10);
  }
}

let started = 0;

/** Starts an Apache whose front page names the host.
 *  @param listen  values of its Listen directives: `80`, `127.0.0.1:80` */
export async function startApache(
  host: Host,
  ...listen: readonly string[]
): Promise<Apache> {
  const folder = join(host.folder, `apache-${++started}`);
  const root = join(folder, 'pages');
  let on = listen;
  let child: ChildProcess | undefined;

  const start = async () => {
    await writeFile(join(folder, 'conf'), configuration(folder, on));
    await rm(join(folder, 'error'), { force: true });
    child = host.spawn('apache2', ['-DFOREGROUND', '-f', join(folder, 'conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(child, join(folder, 'error'));
  };
  const stop = async () => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGTERM');
    await ended;
  };
  const page = (text: string) =>
    writeFile(join(root, 'index.html'), `${text}\n${host.name}\n`);

  await mkdir(root, { recursive: true });
  await page('Test Page');
  await start();
  return {
    root,
    page,
    requests: async () => lines(await readFile(join(folder, 'access'), 'utf8')),
    listen: async (...addresses) => {
      await stop();
      on = addresses;
      await start();
    },
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter(Boolean);
}
