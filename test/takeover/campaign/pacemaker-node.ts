import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Host, Network } from '../../lab/network.ts';
import { VIP } from '../../support/director-pair.ts';
import { packaged } from '../../support/packaged.ts';

const run = promisify(execFile);

const PROGRAM = fileURLToPath(new URL('../../../bin/l4director.js', import.meta.url));

const EXAMPLES = fileURLToPath(new URL('../../../../examples/', import.meta.url));

/** A command there that takes longer hangs. */
const LONGEST_MS = 60_000;

const DIRECTOR = `checkinterval=1
checktimeout=3
quiescent=yes
logfile="/var/log/ldirectord.log"
virtual=${VIP}:80
    real=10.1.1.21:80 masq
    real=10.1.1.22:80 masq
    checktype=connect
    protocol=tcp
    scheduler=wrr
`;

/** The times are those that corosync has of its own accord. Without a realtime scheduler, which would stand in the
 *  way of whatever else runs on the machine of a test. */
const COROSYNC = `totem {
  version: 2
  cluster_name: lab
  transport: udpu
  crypto_cipher: none
  crypto_hash: none
}
nodelist {
  node {
    ring0_addr: 10.1.1.2
    name: lb1
    nodeid: 1
  }
  node {
    ring0_addr: 10.1.1.3
    name: lb2
    nodeid: 2
  }
}
quorum {
  provider: corosync_votequorum
  two_node: 1
}
system {
  sched_rr: no
  priority: 0
  move_to_root_cgroup: no
}
logging {
  to_syslog: no
  to_stderr: no
  to_logfile: yes
  logfile: /var/log/corosync/corosync.log
}
`;

const PROPERTIES = {
  'stonith-enabled': 'false',
  'no-quorum-policy': 'ignore',
  // How long a node that starts looks for one that leads; 20 s of its own accord.
  'dc-deadtime': '2s',
};

/** What a node knows before it has heard of any other. */
function cib(): string {
  const pairs = Object.entries(PROPERTIES).map(
    ([name, value]) => `<nvpair id="${name}" name="${name}" value="${value}"/>`,
  );
  return `<cib validate-with="pacemaker-3.0" admin_epoch="0" epoch="1" num_updates="0">
<configuration>
<crm_config><cluster_property_set id="properties">${pairs.join('')}</cluster_property_set></crm_config>
<nodes/><resources/><constraints/>
</configuration>
<status/>
</cib>
`;
}

/** A host of the lab with Debian's corosync and pacemaker, and this program where its Debian package puts it. Files
 *  and processes are its own, so that all of them find everything where they look for it by themselves. */
export class PacemakerNode {
  readonly host: Host;
  /** Its first process, as this machine numbers it. */
  readonly #first: number;

  private constructor(host: Host, first: number) {
    this.host = host;
    this.#first = first;
  }

  /** The first or the second of the cluster, which has not found the other one yet. It ends with the network. */
  static async start(network: Network, number: 1 | 2): Promise<PacemakerNode> {
    const host = await network.host(`lb${number}`, `10.1.1.${number + 1}/24`);
    await writeFiles(host.folder);
    // A clone listens before the address is there.
    await host.run('sysctl', '--quiet', '--write', 'net.ipv4.ip_nonlocal_bind=1');
    const node = new PacemakerNode(host, await boot(host));
    for (const program of ['corosync', 'pacemakerd'])
      node.#spawn(`/usr/sbin/${program}`, '-f');
    return node;
  }

  /** Puts an example into effect for the whole cluster. */
  async configure(example: string): Promise<void> {
    const words = ['--modify', '--allow-create', '--scope', 'configuration'];
    const file = join(EXAMPLES, 'pacemaker', example);
    await this.run('cibadmin', ...words, '--xml-file', file);
  }

  /** Takes all resources out of the cluster. */
  async clear(): Promise<void> {
    for (const scope of ['constraints', 'resources'])
      await this.run(
        ...['cibadmin', '--replace', '--scope', scope],
        ...['--xml-text', `<${scope}/>`],
      );
  }

  /** As an operator says; resolves before anything has moved. */
  async standby(state: 'on' | 'off'): Promise<void> {
    await this.run('crm_standby', '--node', this.host.name, '--update', state);
  }

  /** Until nothing is left to be done in the cluster. */
  async settle(): Promise<void> {
    await this.run('crm_resource', '--wait', '--timeout=55');
  }

  /** Monitors of that resource that have failed here. */
  async failures(resource: string): Promise<number> {
    const words = ['--query', '--resource', resource, '--node', this.host.name];
    const said = await this.run('crm_failcount', ...words);
    return Number(/value=(\d+)/.exec(said)?.[1]);
  }

  /** Whether it knows that node to be online; false too when it does not answer yet. */
  async sees(node: PacemakerNode): Promise<boolean> {
    const words = ['--one-shot', '--include=none,nodes'];
    const said = await this.run('crm_mon', ...words).catch(() => '');
    return new RegExp(`Online: \\[.* ${node.host.name} .*\\]`).test(said);
  }

  async hasAddress(): Promise<boolean> {
    return (await this.host.run('ip', '-4', 'address')).includes(`${VIP}/`);
  }

  /** Whether its director says that clients would be served there. */
  async isReady(): Promise<boolean> {
    return this.run('l4director', 'ldirectord.cf', 'ready').then(
      () => true,
      () => false,
    );
  }

  /** The director's process, as this host numbers it; undefined: none was started, or it was stopped in good order. */
  async director(): Promise<number | undefined> {
    const pid = await this.run('cat', '/run/ldirectord.ldirectord.cf.pid').catch(
      () => '',
    );
    return pid === '' ? undefined : Number(pid);
  }

  /** All its processes end at once, and nobody hears of it any more: its kernel would keep the address. */
  async die(): Promise<void> {
    await this.host.cut();
    await this.host.killAll();
  }

  async run(...command: readonly string[]): Promise<string> {
    const [first = '', ...rest] = this.#entering(command);
    const limit = { timeout: LONGEST_MS, killSignal: 'SIGKILL' } as const;
    return (await run(first, rest, limit)).stdout;
  }

  #spawn(...command: readonly string[]): void {
    const [first = '', ...rest] = this.#entering(command);
    this.host.spawn(first, rest, { stdio: 'ignore', cwd: '/' });
  }

  #entering(command: readonly string[]): readonly string[] {
    const spaces = ['--mount', '--uts', '--ipc', '--pid', '--net'];
    return ['nsenter', `--target=${this.#first}`, ...spaces, '--', ...command];
  }
}

/** What the host has besides, or in the place of, what this machine has in /etc, /usr and /var. */
async function writeFiles(folder: string): Promise<void> {
  const at = (name: string) => join(folder, name);
  for (const name of [
    ...['log/corosync', 'log/pacemaker', 'lib/corosync', 'usr/sbin'],
    ...['etc/corosync', 'etc/ha.d'],
  ])
    await mkdir(at(name), { recursive: true });
  // With owners: pacemaker looks at them.
  await run('cp', ['--archive', '/var/lib/pacemaker', at('lib')]);
  await writeFile(at('lib/pacemaker/cib/cib.xml'), cib());
  const theirs = ['log/pacemaker', 'lib/pacemaker/cib/cib.xml'];
  await run('chown', ['hacluster:haclient', ...theirs.map(at)]);
  await writeFile(at('etc/corosync/corosync.conf'), COROSYNC);
  await writeFile(at('etc/ha.d/ldirectord.cf'), DIRECTOR);
  const call = `unset NODE_OPTIONS\nexec ${process.execPath} ${PROGRAM} "$@"`;
  await writeFile(at('usr/sbin/l4director'), `#!/bin/sh\n${call}\n`, { mode: 0o755 });
}

/** @returns the first process of a host that is switched on, as this machine numbers it */
async function boot({ folder, name, spawn }: Host): Promise<number> {
  const ready = join(folder, 'ready');
  const over = (path: string) =>
    `mount -t overlay none -o lowerdir=${folder}${path}:${packaged(path.slice(1))}:${path} ${path}`;
  const setUp = `set -e
    hostname ${name}
    ${over('/usr')}
    ${over('/etc')}
    mount -t tmpfs none /run
    mount -t tmpfs none /dev/shm
    mkdir /run/lock /run/resource-agents
    mount --bind ${folder}/lib/corosync /var/lib/corosync
    mount --bind ${folder}/lib/pacemaker /var/lib/pacemaker
    mount --bind ${folder}/log /var/log
    touch ${ready}
    set +e
    while :; do sleep 60 & wait $!; done`;
  const spaces = ['--mount', '--uts', '--ipc', '--pid', '--fork', '--mount-proc'];
  const words = [...spaces, '--kill-child', 'sh', '-c', setUp];
  const holder = spawn('unshare', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  while (!existsSync(ready)) {
    if (holder.exitCode !== null) throw new Error(`${name} could not be set up`);
    await sleep(20);
  }
  const { pid } = holder;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1'));
}
