import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { type Answer, IpvsTable } from '../../support/ipvs-table.ts';
import { lab } from '../../support/lab.ts';

const KERNEL = fileURLToPath(
  new URL('../../../../test/support/ipvs-kernel.c', import.meta.url),
);

/** The real ipvsadm, in a network namespace of its own, over an imitated kernel.
 *  @param folder  for the table and what is compiled */
function realProgram(folder: string): (words: string, input?: string) => Answer {
  const library = join(folder, 'kernel.so');
  const words = ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, KERNEL];
  const { status, stderr } = spawnSync('gcc', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`gcc: ${stderr}`);
  const env = {
    ...process.env,
    LD_PRELOAD: library,
    IPVS_KERNEL: join(folder, 'table'),
  };
  return (words, input = '') => {
    const args = ['-n', '/usr/sbin/ipvsadm', ...words.split(' ')];
    const { status, stdout, stderr } = spawnSync('unshare', args, {
      input,
      encoding: 'utf8',
      env,
    });
    return { status, stdout, stderr };
  };
}

/** Connections and templates, one of a mark in each family. */
const SOME: readonly string[] = [
  'TCP C0000207 C827 0A010113 0050 0A010115 0050 ESTABLISHED     897',
  'TCP C0000207 0000 0A010113 0050 0A010115 0050 NONE             44',
  'IP  C0000200 0000 00000005 0000 0A010115 0000 NONE          86399',
  'UDP C0000207 C828 0A010113 0035 0A010116 0035 UDP             299',
  'TCP 2001:0db8:0000:0000:0000:0000:0000:0007 C827 2001:0db8:0000:0000:0000:0000:0000:0019 0050 2001:0db8:0000:0000:0000:0000:0000:0021 1F90 FIN_WAIT        117',
  'IP  2001:0db8:0000:0000:0000:0000:0000:0000 0000 0000:0005:0000:0000:0000:0000:0000:0000 0000 2001:0db8:0000:0000:0000:0000:0000:0021 0000 ASSURED         117',
];

const T = '-t 10.1.1.19:80';

/** Calls one after the other; behind each the lists are compared too. */
const CALLS: readonly string[] = [
  '-L -n',
  `-A ${T} -s wrr`,
  `-A ${T} -s wrr`,
  `-A -t 10.1.1.18:80 -s nosuch`,
  `-E -t 10.1.1.18:80 -s rr`,
  `-D -t 10.1.1.18:80`,
  `-a ${T} -x 0 -y 0 -r 10.1.1.22:80 -m -w 1`,
  `-a ${T} -x 100 -y 80 -r 10.1.1.21:8080 -m -w 5`,
  `-a ${T} -r 10.1.1.21:8080 -m -w 5`,
  `-a ${T} -r 10.1.1.9:8080 -g -w 2`,
  `-a ${T} -r 10.1.1.100 -i`,
  `-e ${T} -r 10.1.1.22:80 -m -w 0`,
  `-e ${T} -r 10.1.1.23:80 -m -w 0`,
  `-e ${T} -x 1 -y 2 -r 10.1.1.22:80 -m -w 0`,
  `-a -t 10.1.1.18:80 -r 10.1.1.22:80 -m`,
  `-d ${T} -r 10.1.1.9:8080`,
  `-d ${T} -r 10.1.1.9:80`,
  `-a ${T} -r 10.1.1.24:80 -m -w 65536`,
  `-a ${T} -r 10.1.1.25:80 -m -w 2147483647`,
  `-a ${T} -r 10.1.1.26:80 -m -w 2147483648`,
  `-a ${T} -r 10.1.1.26:80 -m -w -1`,
  `-a ${T} -x 65536 -r 10.1.1.27:80 -m`,
  `-a ${T} -x 2147483648 -r 10.1.1.26:80 -m`,
  `-a ${T} -y -1 -r 10.1.1.26:80 -m`,
  `-a ${T} -r 10.1.1.999:80 -m`,
  `-a ${T} -m`,
  `-E ${T} -s lc -p 300`,
  `-E ${T} -s lc -p 300 -M 255.255.255.0`,
  `-E ${T} -s lc -p 300 -M 255.255.255.255`,
  `-E ${T} -s lc -p 0`,
  `-E ${T} -s lc -p`,
  `-E ${T} -s sh -b sh-port`,
  `-E ${T} -s sh -b sh-fallback,sh-port`,
  `-E ${T} -s rr -b sh-port`,
  `-E ${T} -s rr -b flag-1,flag-3`,
  `-E ${T} -s rr -b nonsense`,
  `-E ${T} -s rr -o`,
  '-A -u 10.1.1.19:53 -o -s rr',
  '-A -t 10.1.1.19:0 -s rr',
  '-A -t 10.1.1.19:0 -s rr -p 60',
  '-A -t 9.1.1.19:443 -s rr',
  '-A -f 5 -s wlc',
  '-a -f 5 -r 10.1.1.21:0 -g -w 1',
  '-a -f 5 -r 10.1.1.22 -m',
  '-A -f 0 -s wlc',
  '-A -6 -f 5 -s wlc',
  '-A -t 10.1.1.19:70000 -s rr',
  '-A -s rr',
  '-S -n',
  `-D ${T}`,
  `-d ${T} -r 10.1.1.22:80`,
  '-C',
];

const LISTS = [
  '-L -n',
  '-L -n --thresholds',
  '-L -n --stats --exact',
  '-L -n --persistent-conn',
];

/** Batches: refused lines in the midst and at the end, and misspelt ones. */
const BATCHES: readonly string[] = [
  `-A ${T} -s rr\n-a ${T} -r 10.1.1.21:80 -m\n`,
  `-A ${T} -s rr\n-a ${T} -r 10.1.1.22:80 -m\n`,
  `-a ${T} -r 10.1.1.23:80 -m\n-d ${T} -r 10.1.1.99:80\n`,
  `-a ${T} -r 10.1.1.24:80 -m -w nonsense\n-a ${T} -r 10.1.1.25:80 -m\n`,
  `ipvsadm -a ${T} -r 10.1.1.26:80 -m\n\n`,
  `-E ${T} -s sh -p 300 -M 255.255.255.0 -b sh-port,sh-fallback\n-e ${T} -x 9 -y 3 -r 10.1.1.21:80 -m -w 5\n`,
  '-A -u 10.1.1.19:53 -o -s rr\n-a -u 10.1.1.19:53 -x 0 -y 0 -r 10.1.1.21:53 -i -w 1\n',
  '-A -f 6 -s rr\n-a -f 6 -x 0 -y 0 -r 10.1.1.21:8080 -m -w 1\n-a -f 6 -r 10.1.1.22:0 -g -w 0\n',
  '-D -f 6\n-D -u 10.1.1.19:53\n',
];

t.test(
  'the stand-in for ipvsadm answers as the real one does',
  lab('ipvsadm', 'gcc', 'perl', 'namespaces'),
  async (t) => {
    const folder = t.testdir();
    const real = realProgram(folder);
    const standIn = new IpvsTable(join(folder, 'ipvsadm'));
    const same = (words: string, input = '') =>
      t.same(standIn.call(words, input), real(words, input), `${words} ${input}`);
    for (const words of CALLS) {
      same(words);
      for (const list of LISTS) same(list);
    }
    for (const batch of BATCHES) {
      same('--restore', batch);
      for (const list of [...LISTS, '-S -n']) same(list);
    }
  },
);

t.test(
  'the stand-in lists IPv6 in brackets, IPv4 before it',
  lab('perl'),
  async (t) => {
    const table = new IpvsTable(join(t.testdir(), 'ipvsadm'));
    for (const words of [
      '-A -t [2001:db8:0::1]:80 -s rr -p 60 -M 64',
      '-a -t [2001:db8::1]:80 -r [2001:db8::2]:8080 -m',
      '-A -u 10.1.1.19:53 -s rr',
      '-A -f 5 -6 -s rr',
      '-A -f 5 -s rr',
    ])
      t.equal(table.call(words).status, 0, words);
    t.same(table.rows(), [
      'UDP  10.1.1.19:53 rr',
      'TCP  [2001:db8::1]:80 rr persistent 60 mask 64',
      '  [2001:db8::2]:8080 Masq 1 u:0 l:0',
      'FWM  5 rr',
      'FWM  5 IPv6 rr',
    ]);
    t.equal(table.call('-a -t [2001:db8::1]:80 -r 10.1.1.21:80 -m').status, 2);
  },
);

t.test(
  'the stand-in lists connections as the real one does',
  lab('ipvsadm', 'gcc', 'perl', 'namespaces'),
  async (t) => {
    const folder = t.testdir();
    const real = realProgram(folder);
    const standIn = new IpvsTable(join(folder, 'ipvsadm'));
    const same = () => t.same(standIn.call('-L -n -c'), real('-L -n -c'));
    same();
    standIn.connect(...SOME);
    copyFileSync(`${standIn.program}.conn`, join(folder, 'table.conn'));
    same();
    t.equal(standIn.call('-Lcn').stdout, standIn.call('-L -n -c').stdout);
  },
);
