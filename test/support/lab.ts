import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { FAKETIME } from './faketime.ts';

/** What a test may need beyond Node: a privilege, a kernel part, or a Debian program. */
const NEEDS = {
  root: {
    met: () => process.getuid?.() === 0,
    mend: 'run as root',
  },
  namespaces: {
    met: () => spawnSync('unshare', ['-n', 'true']).status === 0,
    mend: 'run as root on a kernel with network namespaces, with util-linux and iproute2',
  },
  'net-ping': {
    met: () => existsSync('node_modules/raw-socket/build/Release/raw.node'),
    mend: 'npm install (it is optional, and needs a C++ compiler)',
  },
  npm: program('/usr/bin/npm', 'npm'),
  apache2: program('/usr/sbin/apache2', 'apache2'),
  dovecot: program('/usr/lib/dovecot/pop3-login', 'dovecot-imapd dovecot-pop3d'),
  postfix: program('/usr/lib/postfix/sbin/smtpd', 'postfix'),
  haproxy: program('/usr/sbin/haproxy', 'haproxy'),
  wrk: program('/usr/bin/wrk', 'wrk'),
  hatop: program('/usr/bin/hatop', 'hatop'),
  'prometheus-haproxy-exporter': program(
    '/usr/bin/prometheus-haproxy-exporter',
    'prometheus-haproxy-exporter',
  ),
  named: program('/usr/sbin/named', 'bind9'),
  dnsperf: program('/usr/bin/dnsperf', 'dnsperf'),
  vsftpd: program('/usr/sbin/vsftpd', 'vsftpd'),
  squid: program('/usr/sbin/squid', 'squid'),
  innd: program('/usr/lib/news/bin/innd', 'inn2'),
  kamailio: program('/usr/sbin/kamailio', 'kamailio'),
  nginx: program('/usr/sbin/nginx', 'nginx'),
  slapd: program('/usr/sbin/slapd', 'slapd'),
  freeradius: program('/usr/sbin/freeradius', 'freeradius'),
  ipvsadm: program('/usr/sbin/ipvsadm', 'ipvsadm'),
  ldirectord: program('/usr/sbin/ldirectord', 'ldirectord'),
  heartbeat: program('/usr/libexec/heartbeat/heartbeat', 'heartbeat'),
  'resource-agents': program(
    '/usr/lib/ocf/resource.d/heartbeat/ldirectord',
    'resource-agents',
  ),
  'ocf-tester': program('/usr/sbin/ocf-tester', 'resource-agents'),
  xmllint: program('/usr/bin/xmllint', 'libxml2-utils'),
  keepalived: program('/usr/sbin/keepalived', 'keepalived'),
  pacemaker: program('/usr/sbin/pacemakerd', 'pacemaker'),
  corosync: program('/usr/sbin/corosync', 'corosync'),
  conntrackd: program('/usr/sbin/conntrackd', 'conntrackd'),
  curl: program('/usr/bin/curl', 'curl'),
  bird: program('/usr/sbin/bird', 'bird2'),
  mariadb: program('/usr/sbin/mariadbd', 'mariadb-server'),
  postgresql: program('/usr/lib/postgresql', 'postgresql'),
  logger: program('/usr/bin/logger', 'bsdutils'),
  socat: program('/usr/bin/socat', 'socat'),
  script: program('/usr/bin/script', 'bsdutils'),
  chromium: program('/usr/bin/chromium', 'chromium'),
  'systemd-notify': program('/usr/bin/systemd-notify', 'systemd'),
  'systemd-socket-activate': program('/usr/bin/systemd-socket-activate', 'systemd'),
  sendmail: program('/usr/sbin/sendmail', 'postfix'),
  faketime: program(FAKETIME, 'libfaketime'),
  'smtp-sink': program('/usr/sbin/smtp-sink', 'postfix'),
  conntrack: program('/usr/sbin/conntrack', 'conntrack'),
  nft: program('/usr/sbin/nft', 'nftables'),
  mandoc: program('/usr/bin/mandoc', 'mandoc'),
  tmux: program('/usr/bin/tmux', 'tmux'),
  zsh: program('/usr/bin/zsh', 'zsh'),
  strace: program('/usr/bin/strace', 'strace'),
  perl: program('/usr/bin/perl', 'perl'),
  gcc: program('/usr/bin/gcc', 'g++'),
  openssl: program('/usr/bin/openssl', 'openssl'),
  promtool: program('/usr/bin/promtool', 'prometheus'),
  pgrep: program('/usr/bin/pgrep', 'procps'),
} as const satisfies Record<string, Need>;

interface Need {
  readonly met: () => boolean;
  readonly mend: string;
}

function program(path: string, debian: string): Need {
  return {
    met: () => existsSync(path),
    mend: `apt-get install ${debian} (test/lab/install does)`,
  };
}

/** Options for `t.test(name, lab(...), fn)`: runs the test where all needs are met, skips it by
 *  name with the mend where not. With LAB=required a skip is a failure: it throws. */
export function lab(...needs: readonly (keyof typeof NEEDS)[]): { skip?: string } {
  const missing = needs.filter((need) => !NEEDS[need].met());
  if (missing.length === 0) return {};
  const why = missing.map((need) => `needs ${need}: ${NEEDS[need].mend}`).join('; ');
  if (process.env.LAB === 'required') throw new Error(`LAB=required, but ${why}`);
  return { skip: why };
}
