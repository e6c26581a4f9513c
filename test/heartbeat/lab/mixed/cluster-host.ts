import { type ChildProcess, execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Addresses } from '../../../lab/addresses.ts';
import { processesIn, sendSignal } from '../../../lab/leftovers.ts';
import type { Host } from '../../../lab/network.ts';
import { commandLine } from '../../../support/site.ts';

const run = promisify(execFile);

export const VIP = '10.1.1.19';
const OURS = [
  process.execPath,
  fileURLToPath(new URL('../../../../bin/l4heartbeat.js', import.meta.url)),
];
const REAL = ['/usr/libexec/heartbeat/heartbeat'];
const STANDBY = '/usr/share/heartbeat/hb_standby';

/** A command there that takes longer hangs. */
const LONGEST_MS = 60_000;

/** For which those that read for a Heartbeat go on alone, at least. */
export const READ_MS = 1000;

/** Which program is the node: this one, or Debian's Heartbeat. */
export type Program = 'ours' | 'heartbeat';

/** The three files, the same on both hosts. */
export interface ClusterFiles {
  readonly 'ha.cf': string;
  readonly authkeys: string;
  readonly haresources: string;
}

/** A host of the lab with files, processes and a name of its own, so that both programs find everything where
 *  they look for it by themselves. */
export class ClusterHost {
  readonly host: Host;
  readonly #command: readonly string[];
  readonly #program: Program;
  readonly #addresses: Addresses;
  #holder: ChildProcess | undefined;
  /** Of the first process there, as this host numbers it. */
  #first = 0;

  private constructor(host: Host, program: Program) {
    this.host = host;
    this.#program = program;
    this.#addresses = new Addresses(host);
    this.#command = program === 'ours' ? OURS : REAL;
  }

  static async make(
    host: Host,
    program: Program,
    files: ClusterFiles,
  ): Promise<ClusterHost> {
    const at = (...names: string[]) => join(host.folder, ...names);
    for (const name of ['log', 'pages']) await mkdir(at(name));
    // With owners: Heartbeat looks at them.
    await run('cp', ['--archive', '/var/lib/heartbeat', at('state')]);
    await cp('/etc/ha.d', at('ha.d'), { recursive: true, verbatimSymlinks: true });
    for (const [name, text] of Object.entries(files))
      await writeFile(at('ha.d', name), text, { mode: 0o600 });
    await writeFile(at('ha.d/resource.d/httpd'), httpd(host.folder), { mode: 0o755 });
    await writeFile(at('pages/index.html'), `${host.name}\n`);
    await writeFile(at('httpd.conf'), apache(host.folder));
    return new ClusterHost(host, program);
  }

  /** Starts the node, on a host that is switched on where it is not. */
  async start(): Promise<void> {
    if (!this.#holder || this.#holder.exitCode !== null || this.#holder.signalCode)
      await this.#boot();
    if (this.#program === 'heartbeat') await this.run(...this.#command);
    else this.#enter(this.#command).on('error', () => {});
  }

  /** In good order; resolves when the node has ended. */
  async stop(): Promise<void> {
    await this.run(...this.#command, '-k');
  }

  /** By the command of Heartbeat's package, which both programs take. */
  async standby(): Promise<void> {
    await this.run(STANDBY, 'all');
  }

  /** kill -9 to all that runs there; its kernel keeps the address. */
  async crash(): Promise<void> {
    await this.host.killAll();
  }

  /** A host that is switched on has no address of the cluster. */
  async forgetAddress(): Promise<void> {
    if (await this.holds()) await this.host.removeAddress(`${VIP}/24`);
  }

  /** SIGSTOP or SIGCONT to the node's processes, not to what they have started. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    for (const { pid } of this.#processes) sendSignal(pid, name);
  }

  /** SIGCONT to those that read for a Heartbeat first: it finds messages when it goes on, reads them before it looks
   *  at its clock, and does not notice that it was taken for dead. */
  async goOnUnaware(): Promise<void> {
    const isMaster = ({ title }: { title: string }) => title.includes(': master ');
    const all = this.#processes;
    for (const { pid } of all.filter((one) => !isMaster(one)))
      sendSignal(pid, 'SIGCONT');
    await sleep(READ_MS);
    for (const { pid } of all.filter(isMaster)) sendSignal(pid, 'SIGCONT');
  }

  holds(): Promise<boolean> {
    return this.#addresses.has(VIP);
  }

  get log(): string {
    const file = join(this.host.folder, 'log/ha-log');
    return existsSync(file) ? readFileSync(file, 'latin1') : '';
  }

  async run(...command: readonly string[]): Promise<string> {
    const [first = '', ...rest] = this.#entering(command);
    return (await run(first, rest, { timeout: LONGEST_MS, killSignal: 'SIGKILL' }))
      .stdout;
  }

  get #processes(): readonly { readonly pid: number; readonly title: string }[] {
    const [, script = 'heartbeat'] = this.#command;
    const own = this.#program === 'ours' ? script : 'heartbeat: ';
    return processesIn(this.host.namespace)
      .map((pid) => ({ pid, title: commandLine(pid).join('\0') }))
      .filter(({ title }) => title.includes(own));
  }

  #enter(command: readonly string[]): ChildProcess {
    const [first = '', ...rest] = this.#entering(command);
    const own = { stdio: 'ignore', cwd: '/' } as const;
    return this.host.spawn(first, rest, own);
  }

  #entering(command: readonly string[]): readonly string[] {
    const spaces = ['--mount', '--uts', '--ipc', '--pid', '--net'];
    return ['nsenter', `--target=${this.#first}`, ...spaces, '--', ...command];
  }

  async #boot(): Promise<void> {
    const { folder, name } = this.host;
    const ready = join(folder, 'ready');
    await rm(ready, { force: true });
    // Its processes are numbered from 1 again: Apache's of before may be somebody else's.
    await rm(join(folder, 'pid'), { force: true });
    const setUp = `set -e
      hostname ${name}
      mount -t tmpfs none /run
      mkdir -p /run/heartbeat/ccm /run/heartbeat/crm /run/resource-agents /run/lock/subsys
      chown -R hacluster:haclient /run/heartbeat
      mount --bind ${folder}/ha.d /etc/ha.d
      mount --bind ${folder}/state /var/lib/heartbeat
      mount --bind ${folder}/log /var/log
      touch ${ready}
      set +e
      while :; do sleep 60 & wait $!; done`;
    const spaces = ['--mount', '--uts', '--ipc', '--pid', '--fork', '--mount-proc'];
    this.#holder = this.host.spawn(
      'unshare',
      [...spaces, '--kill-child', 'sh', '-c', setUp],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    while (!existsSync(ready)) await sleep(20);
    const { pid = 0 } = this.#holder;
    this.#first = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1'));
  }
}

/** As distributions have it: it says in words whether Apache runs. */
function httpd(folder: string): string {
  return `#!/bin/sh
pid=$(cat ${folder}/pid 2>/dev/null)
runs() { [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }
case "$1" in
start) runs || { rm -f ${folder}/pid; apache2 -f ${folder}/httpd.conf -k start; } ;;
stop) runs && kill "$pid"; for n in 1 2 3 4 5 6 7 8 9 10; do runs || exit 0; sleep 0.1; done; kill -9 "$pid"; exit 0 ;;
status) if runs; then echo running; else echo stopped; fi ;;
esac
`;
}

function apache(folder: string): string {
  const modules = ['mpm_event', 'authz_core', 'dir'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  return [
    'ServerName lab',
    `ServerRoot ${folder}`,
    `PidFile ${folder}/pid`,
    `ErrorLog ${folder}/error`,
    'User www-data',
    'Group www-data',
    ...modules,
    'Listen 80',
    'StartServers 1',
    `DocumentRoot ${folder}/pages`,
    'DirectoryIndex index.html',
    '',
  ].join('\n');
}
