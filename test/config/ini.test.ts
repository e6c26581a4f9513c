import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import { readIni } from '../../lib/config/ini.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aService, OPTIONS } from '../support/config.ts';

const CONFIG = `quiescent=no
virtual=10.1.1.19:80
    real=10.0.0.2:80 masq
virtual6=[2001:db8::1]:443
    real6=[2001:db8::2]:443 masq
`;

const NETWORKS = '# two\n198.51.100.0/24\n\n 203.0.113.9 # a friend\n';

/** FOLDER stands for a folder with a certificate in ca.pem, and networks in more.txt. */
async function readWith(t: Test, ini: string) {
  const folder = t.testdir({
    'a.cf': CONFIG,
    'ca.pem': rootCertificates[0] ?? '',
    'more.txt': NETWORKS,
  });
  const file = join(folder, 'a.cf');
  writeFileSync(`${file}.ini`, ini.replaceAll('FOLDER', folder));
  const read = await readConfig(file);
  if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join('\n'));
  return read.config;
}

t.test('without an ini every option has its default', async (t) => {
  const ini = await readIni(join(t.testdir(), 'a.cf'));
  t.strictSame(ini.process, {
    file: undefined,
    maxConnections: undefined,
    drainTimeoutMs: 86_400_000,
    workers: 'auto',
    workerTimeoutMs: 10_000,
    flowtable: [],
    connectionsFile: '/var/log/l4director-connections.log',
    haproxyNames: false,
    mode: 0o660,
    group: undefined,
    readOnlySocket: undefined,
    readOnlyMode: 0o666,
    user: undefined,
    roleCommand: undefined,
    web: undefined,
    dns: aConfig([]).options.dns,
    peer: undefined,
  });
  t.strictSame(ini.service('tcp:10.1.1.19:80'), OPTIONS);
  t.strictSame([ini.errors, ini.warnings([])], [[], []]);
});

t.test(
  'a service section overrides the common one, brackets and dots in its name',
  async (t) => {
    const config = await readWith(
      t,
      `; comment
[net]
connect-timeout = 500ms
idle-timeout = 15m
workers = 3
worker-timeout = 1m
[nftables]
flowtable = eth0, eth1,eth0
[control]
mode = 600
group = root
read-only-socket = /run/x/stats.sock
read-only-mode = 0640
[checks]
tls-verify = no
tls-expiry = 14
rise = 3
fall = 2
down-interval = 500ms
check-jitter = 12.5 %
slow-start = 1m
panic-threshold = 50%
passive = 5 / 30s
passive-hold = 1m
body-limit = 64k
tls-ca = FOLDER/ca.pem
agent-port = 9990
agent-interval = 500ms
agent-send = state\\n
[log]
connections = yes
connections-file = LOCAL3
[metrics]
haproxy-names = yes
[limits]
connections = 2000
drain-timeout = 90
allow = 10.0.0.0/8,2001:db8::/32 , FOLDER/more.txt
source-connections = 50
source-rate = 100/10s
server-connections = 200
service-connections = 1000
queue = 500
queue-timeout = 2s
[service tcp:10.1.1.19:80]
connect-timeout = 1
dontlognull = yes
[service tcp:[2001:db8::1]:443]
half-closed-timeout = 2s ; comment
capture = yes
tls-verify = true
tls-expiry = 0
digest = yes
connections = no
agent-port = no
allow = no
deny = 192.0.2.7
source-connections = no
source-rate = no
source-netmask6 = 56
fall = 4
passive = no
queue = no
abortonclose = no
`,
    );
    const common = {
      ...OPTIONS,
      connectTimeoutMs: 500,
      idleTimeoutMs: 900_000,
      tlsVerify: false,
      tlsExpiryDays: 14,
      tlsCa: join(dirname(config.file), 'ca.pem'),
      bodyLimit: 65_536,
      agentPort: 9990,
      agentIntervalMs: 500,
      agentSend: 'state\n',
      allow: ['10.0.0.0/8', '2001:db8::/32', '198.51.100.0/24', '203.0.113.9'],
      sourceConnections: 50,
      sourceRate: { connections: 100, windowMs: 10_000 },
      rise: 3,
      fall: 2,
      downIntervalMs: 500,
      checkJitter: 12.5,
      slowStartMs: 60_000,
      panicThreshold: 50,
      passive: { connections: 5, windowMs: 30_000 },
      passiveHoldMs: 60_000,
      serverConnections: 200,
      serviceConnections: 1000,
      queue: 500,
      queueTimeoutMs: 2000,
    };
    t.strictSame(config.virtuals[0]?.options, {
      ...common,
      connectTimeoutMs: 1000,
      logConnections: true,
      dontlognull: true,
    });
    t.strictSame(config.virtuals[1]?.options, {
      ...common,
      halfClosedTimeoutMs: 2000,
      capture: true,
      tlsVerify: true,
      tlsExpiryDays: 0,
      agentPort: 0,
      digest: true,
      allow: [],
      deny: ['192.0.2.7'],
      sourceConnections: 0,
      sourceRate: undefined,
      sourceNetmask6: 56,
      fall: 4,
      passive: undefined,
      queue: 0,
      abortOnClose: false,
    });
    t.same(
      config.virtuals.map(({ failurecount }) => failurecount),
      [2, 4],
      'fall is the failurecount in force',
    );
    t.match(config.options, {
      file: `${config.file}.ini`,
      maxConnections: 2000,
      drainTimeoutMs: 90_000,
      workers: 3,
      workerTimeoutMs: 60_000,
      flowtable: ['eth0', 'eth1'],
      connectionsFile: 'LOCAL3',
      haproxyNames: true,
      mode: 0o600,
      group: 0,
      readOnlySocket: '/run/x/stats.sock',
      readOnlyMode: 0o640,
    });
    t.strictSame(config.warnings, [
      {
        ...{ file: config.file, line: 3, severity: 'warning' },
        message:
          'an agent\'s 50% of weight 1 is 1 too: expected weights such as 100 where agent-port is set, as in "real = 10.0.0.2:80 masq 100"',
      },
    ]);
  },
);

t.test('a comment may stand behind a header', async (t) => {
  const config = await readWith(
    t,
    `[net] ; all [services]
connect-timeout = 1s
 [service tcp:[2001:db8::1]:443]# one
connect-timeout = 2s
`,
  );
  t.same(
    config.virtuals.map(({ options }) => options.connectTimeoutMs),
    [1000, 2000],
  );
});

t.test('an engine may be left to the director', async (t) => {
  const config = await readWith(
    t,
    '[net]\nengine = auto\n[service tcp:[2001:db8::1]:443]\nengine = net\n',
  );
  t.strictSame(
    config.virtuals.map(({ options }) => options.engine),
    ['auto', 'net'],
  );
});

t.test('a key that does nothing for a service is a warning', async (t) => {
  const warningsOf = async (id: string, value: string) => {
    const text = `[net]\ncapture = yes\n[service ${id}]\ncapture = ${value}\n`;
    const ini = await readIni(join(t.testdir({ 'a.cf.ini': text }), 'a.cf'));
    const there = { ...aService(), id };
    return ini.warnings([there]).map(({ line, message }) => `${line}: ${message}`);
  };
  for (const id of ['udp:10.1.1.19:53', 'tcp:0.0.0.0:80', 'tcp:[::]:80', 'fwm:5']) {
    t.strictSame(await warningsOf(id, 'yes'), [
      `4: capture does nothing for ${id}: expected it for a TCP service with an address of its own, as in "[service tcp:10.1.1.19:80]"`,
    ]);
    t.strictSame(await warningsOf(id, 'no'), []);
  }
  t.strictSame(await warningsOf('tcp:[2001:db8::1]:443', 'yes'), []);
});

t.test('the PROXY protocol is for TCP, in the versions that there are', async (t) => {
  const config = await readWith(
    t,
    `[net]
send-proxy = v2
accept-proxy = 10.0.0.0/8, 192.0.2.7,2001:DB8::/32, 10.0.0.0/8
accept-proxy-timeout = 5s
[checks]
check-send-proxy = yes
[service tcp:[2001:db8::1]:443]
send-proxy = no
accept-proxy = no
check-send-proxy = v1
`,
  );
  const [first, second] = config.virtuals.map(({ options }) => options);
  t.match(first, {
    ...{ sendProxy: 'v2', checkProxy: 'v2', acceptProxyTimeoutMs: 5000 },
    acceptProxy: ['10.0.0.0/8', '192.0.2.7', '2001:DB8::/32'],
  });
  t.match(second, { sendProxy: undefined, checkProxy: 'v1', acceptProxy: [] });
  t.strictSame(config.warnings, []);
});

t.test('what cannot send a PROXY header is told of', async (t) => {
  const text = '[net]\nsend-proxy = v1\n[checks]\ncheck-send-proxy = yes\n';
  const ini = await readIni(join(t.testdir({ 'a.cf.ini': text }), 'a.cf'));
  const warned = (fields: Partial<VirtualService>) => {
    const service = aService({ checktype: 'negotiate', ...fields });
    const options = ini.service(service.id);
    return ini.warnings([{ ...service, options }]).map(({ line, message }) => {
      return `${line}: ${message}`;
    });
  };
  t.match(warned({ service: 'oracle' }), [/^4: check-send-proxy: checks of oracle/]);
  t.match(warned({ checktype: 'external' }), [/^4: .* is a command of its own/]);
  t.strictSame(warned({ service: 'oracle', checktype: 'connect' }), []);
  t.strictSame(warned({ service: 'mysql' }), []);
  t.strictSame(warned({ service: 'oracle', protocol: 'udp' }), []);
});

t.test('checks that begin as connections do need one that these have', async (t) => {
  const common = '[checks]\ncheck-send-proxy = yes\n';
  t.strictSame((await readWith(t, common)).warnings, [], 'for all: where there is one');
  const text = '[service tcp:10.1.1.19:80]\ncheck-send-proxy = yes\n';
  const { warnings } = await readWith(t, text);
  t.match(warnings, [
    { line: 2, message: /^check-send-proxy: yes says nothing .* has no send-proxy/ },
  ]);
});

t.test('a service goes without what all others have', async (t) => {
  const keys = ['down-interval', 'slow-start', 'panic-threshold'];
  const common = ['down-interval = 2s', 'slow-start = 30s', 'panic-threshold = 50%'];
  const own = keys.map((key) => `${key} = no`);
  const ini = ['[checks]', ...common, '[service tcp:10.1.1.19:80]', ...own, ''];
  const { virtuals } = await readWith(t, ini.join('\n'));
  t.match(
    virtuals.map(({ id, options }) => [
      id,
      options.downIntervalMs,
      options.slowStartMs,
      options.panicThreshold,
    ]),
    [
      ['tcp:10.1.1.19:80', undefined, undefined, undefined],
      [/./, 2000, 30_000, 50],
    ],
  );
});

t.test('slow-start for a scheduler without shares is a warning', async (t) => {
  const folder = t.testdir({
    'a.cf': `${CONFIG}    scheduler=sh\nvirtual=10.1.1.19:81\n    real=10.0.0.2:80 masq\n    checktype=connect\n    scheduler=rr\n\n`,
    'a.cf.ini': '[checks]\nslow-start = 30s\n[service tcp:10.1.1.19:80]\n',
  });
  const read = await readConfig(join(folder, 'a.cf'));
  t.match(read.ok && read.config.warnings, [
    {
      line: 4,
      message:
        'slow-start does nothing for tcp:[2001:db8::1]:443: with the scheduler sh its servers have no shares that could grow; expected one of rr, lc, wrr',
    },
  ]);
});

t.test('passive where no check brings a server back is a warning', async (t) => {
  const folder = t.testdir({
    'a.cf': `quiescent=no\nvirtual=10.1.1.19:80\n    real=10.0.0.2:80 masq\n    checktype=off\n`,
    'a.cf.ini': '[service tcp:10.1.1.19:80]\npassive = 5/30s\n',
  });
  const read = await readConfig(join(folder, 'a.cf'));
  t.match(read.ok && read.config.warnings, [
    { message: /^passive does nothing for tcp:10\.1\.1\.19:80: with checktype=off/ },
  ]);
});

t.test('a section for a service that is not there is a warning', async (t) => {
  const { warnings } = await readWith(
    t,
    '\n[service tcp:10.1.1.19:81]\nengine = net\n',
  );
  t.match(warnings, [
    { line: 2, message: /no such service; did you mean "tcp:10.1.1.19:80"\?/ },
  ]);
});

const REFUSED: readonly (readonly [ini: string, line: number, saying: string])[] = [
  ['[nets]\n', 1, 'unknown section [nets]; did you mean "net"?'],
  [
    '[other.section]\n',
    1,
    'expected one of [net], [nftables], [checks], [alerts], [log], [metrics], [limits]',
  ],
  ['connect-timeout = 3\n', 1, 'wrong section: expected it in [net]'],
  ['[checks]\nconnect-timeout = 3\n', 2, 'wrong section: expected it in [net]'],
  ['[service tcp:10.1.1.19:80]\nworkers = 3\n', 2, 'expected it in [net]'],
  ['[net]\nconect-timeout = 3\n', 2, 'did you mean "connect-timeout"?'],
  [
    '[net]\nconnections = yes\n',
    2,
    'wrong section: expected it in [log] or [limits], or in one',
  ],
  ['[log]\nconnections = 2000\n', 2, 'expected yes or no'],
  ['[log]\nconnections-file = log\n', 2, 'expected an absolute path or a syslog'],
  ['[net]\nsend-proxy = v3\n', 2, 'expected no, v1 or v2, as in "v2"'],
  ['[checks]\ncheck-send-proxy = always\n', 2, 'expected no, yes, v1 or v2'],
  ['[net]\naccept-proxy = proxy.example.org\n', 2, 'expected a network, as in'],
  ['[net]\naccept-proxy = 10.0.0.0/33\n', 2, 'expected the length of a prefix'],
  [
    '[net]\naccept-proxy = 10.0.0.1,,10.0.0.2\n',
    2,
    'expected a network, as in "10.0.0.0/8" (not "")',
  ],
  [
    '[net]\naccept-proxy = 192.0.2.7, 10.0.0.1/8\n',
    2,
    'expected the first address of the network, since its last 24 bits say nothing, as in "10.0.0.0/8" or, for that address alone, "10.0.0.1" (not "10.0.0.1/8")',
  ],
  [
    `[net]\naccept-proxy = ${Array.from({ length: 257 }, (_, at) => `10.0.${at >> 8}.${at & 255}`)}\n`,
    2,
    'expected at most 256 networks, as in "10.0.0.0/8, 2001:db8::7"',
  ],
  [
    '[service udp:10.1.1.19:53]\nsend-proxy = v2\n',
    2,
    'send-proxy cannot be had for udp:10.1.1.19:53: expected it for a TCP service',
  ],
  ['[service fwm:5]\naccept-proxy = ::/0\n', 2, 'cannot be had for fwm:5'],
  ['[net]\n__proto__ = 3\n', 2, 'unknown key "__proto__"'],
  ['[__proto__]\nengine = net\n', 1, 'unknown section [__proto__]'],
  ['[net]\nengine[] = net\n', 2, 'unknown key "engine[]"'],
  ['[net]\nengine = net\n\nengine = net\n', 4, 'expected it once, as in line 2'],
  ['[net]\n[net]\n', 2, 'expected it once, as in line 1'],
  ['[net]\nengine = nett\n', 2, 'did you mean "net"?'],
  ['[net]\nengine\n', 2, 'expected an engine'],
  ['[net]\nengine = autto\n', 2, 'did you mean "auto"?'],
  ['[net]\nconnect-timeout = 0\n', 2, 'expected a time above 0'],
  ['[net]\nconnect-timeout = 3 parsecs\n', 2, 'expected a time above 0'],
  ['[nftables]\nflowtable = eth0,,eth1\n', 2, 'expected no, or devices with commas'],
  ['[net]\nworkers = 0\n', 2, 'expected auto, or how many threads, 1 to 64'],
  ['[net]\nworkers = all\n', 2, 'expected auto, or how many threads, 1 to 64'],
  ['[service tcp:10.1.1.19:80]\nworkers = 2\n', 2, 'expected it in [net]'],
  ['[net]\nworker-timeout = 500ms\n', 2, 'expected a time of 2 s or more'],
  ['[net]\nidle-timeout = 1000h\n', 2, 'at most 24 days'],
  ['[checks]\ntls-verify = maybe\n', 2, 'expected yes or no'],
  ['[checks]\ntls-ca = ca.pem\n', 2, 'an absolute path'],
  ['[checks]\ntls-ca = /nonexistent/ca.pem\n', 2, 'a file that can be read'],
  ['[checks]\ntls-ca = /dev/zero\n', 2, 'a file that can be read'],
  [
    '[checks]\ntls-ca = /etc/passwd\n',
    2,
    'tls-ca = /etc/passwd: expected a PEM file with certificates (no PEM certificate in it), as in "/etc/ssl/our-ca.pem"',
  ],
  ['[control]\nmode = 0999\n', 2, 'expected permissions in octal, as in "0660"'],
  ['[control]\nmode = rw\n', 2, 'expected permissions in octal, as in "0660"'],
  ['[control]\ngroup = no-such-group\n', 2, 'expected a group that /etc/group has'],
  ['[control]\ngroup = a b\n', 2, 'expected the name of a group'],
  ['[control]\nread-only-socket = x.sock\n', 2, 'an absolute path of at most 107'],
  ['[checks]\ntls-expiry = 3651\n', 2, 'expected whole days, 0 to 3650'],
  ['[checks]\ntls-expiry = soon\n', 2, 'expected whole days, 0 to 3650'],
  ['[checks]\ntls-expiry =\n', 2, 'expected whole days, 0 to 3650'],
  ['[checks]\nbody-limit = 1T\n', 2, 'expected a size in bytes'],
  ['[checks]\nagent-port = 0\n', 2, 'expected a port, 1 to 65535, or no, as in "9990"'],
  ['[checks]\nagent-port = 65536\n', 2, 'expected a port, 1 to 65535, or no'],
  ['[checks]\nagent-port = off\n', 2, 'expected a port, 1 to 65535, or no'],
  ['[checks]\nagent-interval = 50ms\n', 2, 'expected a time of 100 ms or more'],
  ['[checks]\nagent-interval = often\n', 2, 'expected a time above 0'],
  ['[checks]\nagent-send =\n', 2, 'expected a text of 1 to 256 bytes'],
  [`[checks]\nagent-send = ${'x'.repeat(257)}\n`, 2, 'a text of 1 to 256 bytes'],
  ['[checks]\nagent-send = state\\x\n', 2, 'expected only \\n, \\r, \\t'],
  ['[checks]\nrise = 0\n', 2, 'expected how many checks in a row, 1 to 100'],
  ['[checks]\nfall = 2.5\n', 2, 'expected how many checks in a row, 1 to 100'],
  ['[checks]\ndown-interval = 0\n', 2, 'expected a time above 0'],
  ['[checks]\ncheck-jitter = 51%\n', 2, 'expected 0 to 50 %, as in "10%"'],
  ['[checks]\ncheck-jitter = much\n', 2, 'expected 0 to 50 %'],
  ['[checks]\nslow-start = soon\n', 2, 'expected a time above 0'],
  ['[checks]\npanic-threshold = 100%\n', 2, 'expected 0 to 99 %, as in "50%"'],
  ['[checks]\npassive = yes\n', 2, 'expected no, or how many failures, 1 to 1000'],
  ['[checks]\npassive = 5\n', 2, 'in which time, as in "5/30s"'],
  ['[checks]\npassive = 0/30s\n', 2, 'expected no, or how many failures'],
  ['[checks]\npassive = 1001/30s\n', 2, 'expected no, or how many failures'],
  ['[checks]\npassive = 5/30s/1\n', 2, 'expected no, or how many failures'],
  ['[checks]\npassive = 5/soon\n', 2, 'expected a time above 0'],
  ['[checks]\npassive-hold = 0\n', 2, 'expected a time above 0'],
  [
    '[service udp:10.1.1.19:53]\npassive = 5/30s\n',
    2,
    'passive cannot be had for udp:10.1.1.19:53: expected it for a TCP service',
  ],
  ['[alerts]\ndigest = daily\n', 2, 'expected yes or no'],
  ['[alerts]\nwebhook = hooks.example.com\n', 2, 'expected no, or an http or https'],
  ['[alerts]\nwebhook = ftp://h.example.com/\n', 2, 'expected no, or an http or https'],
  ['[alerts]\nwebhook = https:/h.example.com/\n', 2, 'no, or an http or https URL'],
  ['[alerts]\nwebhook =\n', 2, 'webhook = ***: expected no, or an http or https URL'],
  [
    '[alerts]\nwebhook = https://anna:pass@h/\n',
    2,
    '= ***: expected a URL without a login',
  ],
  ['[alerts]\nwebhook = https://h/\\#x\n', 2, 'expected a URL without a fragment'],
  ['[alerts]\nwebhook-secret-file = secret\n', 2, 'expected an absolute path'],
  ['[alerts]\nwebhook-secret-file = /no/file\n', 2, 'expected a file that can be read'],
  ['[alerts]\nwebhook-secret-file = /dev/zero\n', 2, 'a file that can be read'],
  ['[alerts]\nwebhook-secret-file = /dev/null\n', 2, 'a file that can be read'],
  ['[alerts]\nwebhook-ca = /etc/passwd\n', 2, 'no PEM certificate in it'],
  ['[alerts]\nwebhook-timeout = 0\n', 2, 'expected a time above 0'],
  ['[alerts]\nwebhook-retry-for = 1s\n', 2, 'expected a time of 2 s or more'],
  ['[alerts]\ncommand = true\n', 2, 'expected no, or the absolute path of a program'],
  [
    '[alerts]\ncommand = /bin/true -x\n',
    2,
    'expected no, or a program that can be run',
  ],
  ['[alerts]\ncommand = /etc\n', 2, 'expected no, or a program that can be run'],
  ['[alerts]\ncommand-timeout = 1y\n', 2, 'expected a time above 0'],
  ['[net]\ncommand = /bin/true\n', 2, 'wrong section: expected it in [alerts]'],
  ['[peer]\nlisten = 10.1.1.2\n', 2, 'expected ADDRESS:PORT, as in "10.1.1.2:7400"'],
  ['[peer]\npeers = lb2:7400\n', 2, 'expected ADDRESS:PORT, as in "10.1.1.3:7400"'],
  ['[peer]\npeers = 10.1.1.3:1, 10.1.1.3:1\n', 2, 'expected 10.1.1.3:1 once'],
  [
    `[peer]\npeers = ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `10.0.0.${n}:1`)}\n`,
    ...([2, 'expected at most 8 peers'] as const),
  ],
  ['[peer]\nsecret-file = secret\n', 2, 'expected an absolute path'],
  ['[peer]\nsecret-file = /dev/null\n', 2, 'expected a file for its owner alone'],
  ['[peer]\n\nlisten = 10.1.1.2:7400\n', 3, '[peer] has no peers: expected that too'],
  ['[limits]\nconnections = many\n', 2, 'expected how many connections'],
  ['[limits]\nconnections = 0\n', 2, 'expected how many connections'],
  [
    '[limits]\nallow = 10.0.0.0/8, 10.0.0.1/33\n',
    2,
    'expected the length of a prefix, 0 to 32, as in "10.0.0.1/32" (not "10.0.0.1/33")',
  ],
  ['[limits]\nallow =\n', 2, 'expected a network, as in "10.0.0.0/8"'],
  ['[limits]\ndeny = /dev/zero\n', 2, 'expected networks, or a file of them'],
  ['[limits]\nsource-connections = 0\n', 2, 'expected no, or a number from 1 to'],
  ['[limits]\nqueue = 1.5\n', 2, 'expected no, or a number from 1 to'],
  ['[limits]\nqueue-timeout = 0\n', 2, 'expected a time above 0'],
  ['[limits]\nabortonclose = maybe\n', 2, 'expected yes or no'],
  ['[limits]\nserver-connections = many\n', 2, 'expected no, or a number from 1'],
  ['[limits]\nservice-connections = -1\n', 2, 'expected no, or a number from 1'],
  ['[limits]\nsource-rate = 100\n', 2, 'expected no, or how many in which time'],
  ['[limits]\nsource-rate = 9/9s/9\n', 2, 'expected no, or how many in which time'],
  ['[limits]\nsource-rate = 100/0s\n', 2, 'expected a time above 0'],
  ['[limits]\nsource-netmask6 = 129\n', 2, 'expected the length of an IPv6 prefix'],
  ['[limits]\ndeny = /etc/passwd\n', 2, 'in /etc/passwd:1: expected a network'],
];

t.test('what is wrong in an ini is an error with its line', async (t) => {
  for (const [text, line, saying] of REFUSED) {
    const file = join(t.testdir({ 'l.ini': text }), 'l.ini');
    const ini = await readIni('/nonexistent/a.cf', file);
    t.match(ini.errors, [{ file, line, message: saying }], JSON.stringify(text));
  }
});

t.test(
  'a secret that is too short or too long is an error, and is not told',
  async (t) => {
    const folder = t.testdir({
      short: 'hunter2\n',
      long: 's'.repeat(4097),
      'l.ini': '',
    });
    const file = join(folder, 'l.ini');
    for (const [name, why] of [
      ['short', 'it has fewer than 16 bytes'],
      ['long', 'it has more than 4096 bytes'],
    ] as const) {
      writeFileSync(file, `[alerts]\nwebhook-secret-file = ${join(folder, name)}\n`);
      const { errors } = await readIni('/nonexistent/a.cf', file);
      t.match(errors, [{ line: 2, message: why }]);
      t.notMatch(JSON.stringify(errors), /hunter2|sss/);
    }
  },
);

t.test(
  'a service has another webhook and command than the rest, or none',
  async (t) => {
    const { virtuals } = await readWith(
      t,
      `[alerts]
webhook = https://hooks.example.com/a?b=c
command = /bin/true
[service tcp:10.1.1.19:80]
webhook = http://[::1]:8080
command = no
[service tcp:[2001:db8::1]:443]
webhook = no
command-timeout = 1m
`,
    );
    const told = virtuals.map(({ options: o }) => [
      ...[o.webhook, o.webhookTimeoutMs, o.webhookRetryForMs],
      ...[o.command, o.commandTimeoutMs],
    ]);
    t.same(told, [
      ['http://[::1]:8080/', 5000, 600_000, undefined, 30_000],
      [undefined, 5000, 600_000, '/bin/true', 60_000],
    ]);
  },
);

t.test('a tls-ca with a broken certificate is an error too', async (t) => {
  const folder = t.testdir({
    'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'l.ini': '',
  });
  const [ca, file] = [join(folder, 'ca.pem'), join(folder, 'l.ini')];
  writeFileSync(file, `[checks]\ntls-ca = ${ca}\n`);
  const message = `tls-ca = ${ca}: expected a PEM file with certificates (certificate 1 is broken)`;
  t.match((await readIni('/nonexistent/a.cf', file)).errors, [{ line: 2, message }]);
});

t.test('an ini that is asked for must be there', async (t) => {
  const ini = await readIni('/nonexistent/a.cf', '/nonexistent/l.ini');
  t.match(ini.errors, [
    { file: '/nonexistent/l.ini', line: 0, message: 'cannot be read' },
  ]);
});

t.test('an ini larger than a MiB is refused', async (t) => {
  const file = join(t.testdir({ 'l.ini': ';'.repeat(1024 * 1024 + 1) }), 'l.ini');
  t.match((await readIni('/nonexistent/a.cf', file)).errors, [
    { message: 'too large' },
  ]);
});
