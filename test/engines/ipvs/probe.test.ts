import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createIpvsEngine } from '../../../lib/engines/ipvs/engine.ts';
import { programPath } from '../../../lib/engines/program-path.ts';
import { type IpvsMachine, ipvsMachine } from '../../support/ipvs-machine.ts';

/** A program in ipvsadm's place that tells when it is called. */
function program(folder: string): string {
  const path = join(folder, 'ipvsadm');
  writeFileSync(path, '#!/bin/sh\ntouch "$0.called"\n', { mode: 0o755 });
  return path;
}

/** What an engine says of that machine. */
async function probed(folder: string, machine: Partial<IpvsMachine>, program: string) {
  const engine = createIpvsEngine({ program, ...ipvsMachine(folder, machine) });
  const said = await engine.probe?.();
  await engine.close({ clean: true });
  return said;
}

const NET_ADMIN = 1n << 12n;
const SYS_MODULE = 1n << 16n;

const status = (uid: number, effective: bigint, ambient = 0n) =>
  `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${effective.toString(16)}\nCapAmb:\t${ambient.toString(16)}\n`;

const DEP =
  'kernel/net/netfilter/ipvs/ip_vs.ko.xz: kernel/net/netfilter/nf_conntrack.ko.xz\n';
const OTHER =
  'kernel/net/netfilter/ipvs/ip_vs_rr.ko: kernel/net/netfilter/ipvs/ip_vs.ko\n';

/** A machine, and why IPVS cannot be had there; undefined: it can. */
const MACHINES: readonly (readonly [
  string,
  Partial<IpvsMachine>,
  RegExp | undefined,
])[] = [
  ['root, the module loaded', {}, undefined],
  ['the module not there', { loaded: false }, /no IPVS: "modprobe ip_vs"/],
  [
    'the module there, not loaded: ipvsadm does it',
    { loaded: false, modules: DEP },
    undefined,
  ],
  ['only its schedulers', { loaded: false, modules: OTHER }, /no IPVS/],
  [
    'there, but not to be loaded by this process',
    { loaded: false, modules: DEP, status: status(0, NET_ADMIN) },
    /may not load it: "modprobe ip_vs" as root/,
  ],
  [
    'just the two rights',
    { loaded: false, modules: DEP, status: status(0, NET_ADMIN | SYS_MODULE) },
    undefined,
  ],
  [
    'root of a container that may not',
    { status: status(0, SYS_MODULE) },
    /no permission .*start as root, or give CAP_NET_ADMIN/,
  ],
  ['somebody', { status: status(1000, 0n) }, /no permission/],
  [
    'somebody whose right ipvsadm would not have',
    { status: status(1000, NET_ADMIN) },
    /no permission/,
  ],
  [
    'somebody with the right',
    { status: status(1000, NET_ADMIN, NET_ADMIN) },
    undefined,
  ],
  ['a procfs that tells nothing', { status: '' }, undefined],
];

t.test('why IPVS cannot be had here is one line with the mend', async (t) => {
  for (const [name, machine, problem] of MACHINES)
    await t.test(name, async (t) => {
      const folder = t.testdir();
      const said = await probed(folder, machine, program(folder));
      if (problem === undefined) t.equal(said, undefined);
      else t.match(said, problem);
      t.notMatch(said ?? '', '\n');
    });
});

t.test('the program is looked for first, and not called', async (t) => {
  const folder = t.testdir();
  const path = program(folder);
  t.equal(await probed(folder, {}, path), undefined);
  t.notOk(existsSync(`${path}.called`));
  t.match(await probed(folder, {}, `${path}.none`), 'apt-get install ipvsadm');
  chmodSync(path, 0o644);
  t.match(await probed(folder, {}, path), 'apt-get install ipvsadm', 'not to be run');
});

t.test('a name is found in PATH, and where system programs are', async (t) => {
  const folder = t.testdir();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'some-ipvsadm'), '', { mode: 0o755 });
  t.match(await probed(folder, {}, 'some-ipvsadm'), 'apt-get install');
  const before = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = before;
  });
  process.env.PATH = `${bin}:${before}`;
  t.equal(await probed(folder, {}, 'some-ipvsadm'), undefined);
  for (const empty of ['', ':', '::'])
    t.equal(
      programPath(empty),
      '/usr/local/sbin:/usr/sbin:/sbin',
      'never the folder here',
    );
  t.equal(programPath('/bin::/opt'), '/bin:/opt:/usr/local/sbin:/usr/sbin:/sbin');
});
