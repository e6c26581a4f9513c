import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import { readIni } from '../../lib/config/ini.ts';
import { OPTIONS } from '../support/config.ts';

const CONFIG = `quiescent=no
virtual=10.1.1.19:80
    real=10.0.0.2:80 masq
virtual6=[2001:db8::1]:443
    real6=[2001:db8::2]:443 masq
`;

/** FOLDER stands for a folder with a certificate in ca.pem. */
async function readWith(t: Test, ini: string) {
  const folder = t.testdir({ 'a.cf': CONFIG, 'ca.pem': rootCertificates[0] ?? '' });
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
    web: undefined,
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
    });
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
    return ini.warnings([id]).map(({ line, message }) => `${line}: ${message}`);
  };
  for (const id of ['udp:10.1.1.19:53', 'tcp:0.0.0.0:80', 'tcp:[::]:80', 'fwm:5']) {
    t.strictSame(await warningsOf(id, 'yes'), [
      `4: capture does nothing for ${id}: expected it for a TCP service with an address of its own, as in "[service tcp:10.1.1.19:80]"`,
    ]);
    t.strictSame(await warningsOf(id, 'no'), []);
  }
  t.strictSame(await warningsOf('tcp:[2001:db8::1]:443', 'yes'), []);
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
  ['[net]\nconnections = yes\n', 2, 'wrong section: expected it in [log], or in one'],
  ['[log]\nconnections = 2000\n', 2, 'expected yes or no'],
  ['[log]\nconnections-file = log\n', 2, 'expected an absolute path or a syslog'],
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
  ['[alerts]\ndigest = daily\n', 2, 'expected yes or no'],
  ['[limits]\nconnections = many\n', 2, 'expected how many connections'],
  ['[limits]\nconnections = 0\n', 2, 'expected how many connections'],
];

t.test('what is wrong in an ini is an error with its line', async (t) => {
  for (const [text, line, saying] of REFUSED) {
    const file = join(t.testdir({ 'l.ini': text }), 'l.ini');
    const ini = await readIni('/nonexistent/a.cf', file);
    t.match(ini.errors, [{ file, line, message: saying }], JSON.stringify(text));
  }
});

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
