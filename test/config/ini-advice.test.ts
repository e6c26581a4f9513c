import { join } from 'node:path';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';

const CONFIG = `quiescent=no
virtual=10.1.1.19:80
    real=10.0.0.2:80 masq 100
    checktype=ping
virtual=10.1.1.19:81
    real=10.0.0.2:80 masq 100 u:50
    persistent=60
    checktype=ping
virtual6=[2001:db8::1]:80
    real6=[2001:db8::2]:80 masq 100
    persistent=60
    checktype=ping
virtual=10.1.1.19:53
    real=10.0.0.2:53 masq 100
    protocol=udp
    checktype=ping
`;

/** What is said of the config with that ini beside it. */
async function warnings(t: Test, ini: string): Promise<readonly string[]> {
  const folder = t.testdir({ 'a.cf': CONFIG, 'a.cf.ini': ini });
  const found = await readConfig(join(folder, 'a.cf'));
  if (!found.ok) throw new Error(found.errors.map(formatDiagnostic).join('\n'));
  const said = found.config.warnings.map((one) =>
    formatDiagnostic(one).replace(`${folder}/`, ''),
  );
  // Of sources that this host does not have.
  return said.filter((line) => !line.includes('expected an address of this host'));
}

const ONE = '[service tcp:10.1.1.19:80]\n';
const STICKY = '[service tcp:10.1.1.19:81]\n';
const SIX = '[service tcp:[2001:db8::1]:80]\n';

/** An ini, and the one warning that there is. */
const WARNED: readonly (readonly [ini: string, words: RegExp])[] = [
  [`${ONE}queue = 10`, /^:2: warning: queue: nobody would ever wait, .*as in "server/],
  [`${ONE}sni-default = refuse`, /^:2: warning: sni-default: it does nothing without/],
  [`${ONE}sni-timeout = 2s`, /^:2: warning: sni-timeout: it does nothing without sni/],
  [
    `${STICKY}rebalance = 20/s`,
    /^:2: warning: rebalance: it leaves a service with pers/,
  ],
  [`${ONE}agent-send = x`, /^:2: warning: agent-send: it does nothing without agent-p/],
  [`[checks]\nagent-interval = 1s`, /^:2: warning: agent-interval: it does nothing/],
  [`[checks]\npassive-hold = 1s`, /^:2: warning: passive-hold: it does nothing withou/],
  [`${ONE}passive-hold = 1s`, /^:2: warning: passive-hold: it does nothing without/],
  [
    `${ONE}source = 127.0.0.2, 127.0.0.3, 127.0.0.2`,
    /^:2: warning: source: 127\.0\.0\.2 is there twice: expected each address once$/,
  ],
  [
    `${SIX}source = 2001:db8::5, 2001:db8:0::5`,
    /^:2: warning: source: 2001:db8:0::5 is there twice/,
  ],
  [
    `${ONE}source = 127.0.0.2, 2001:db8::5`,
    /^:2: warning: source: 2001:db8::5 is of another family than .*: expected IPv4 addresses/,
  ],
  [
    `${SIX}source = 127.0.0.2`,
    /^:2: warning: source: 127\.0\.0\.2 is of another .*: expected IPv6 addresses alone$/,
  ],
  [
    `[limits]\nallow = 10.0.0.0/8, 192.0.2.1\ndeny = 192.0.2.1/32, 10.0.0.0/9`,
    /^:2: warning: allow: 192\.0\.2\.1 is in deny too, which goes before: expected each/,
  ],
  [
    `[limits]\nallow = 2001:db8::/32\n${ONE}deny = 2001:db8:0::/32`,
    /^:4: warning: allow: 2001:db8::\/32 is in deny too/,
  ],
  [
    `[limits]\ndeny = 192.0.2.1, 0.0.0.0/0`,
    /^:2: warning: deny: 0\.0\.0\.0\/0 is every/,
  ],
  [
    `${SIX}deny = ::/0`,
    /^:2: warning: deny: ::\/0 is everybody, .* no client is let in/,
  ],
  [
    `[net]\naccept-proxy = 0.0.0.0/0, ::/0`,
    /^:2: warning: accept-proxy: 0\.0\.0\.0\/0 is everybody, and each client may say who/,
  ],
  [`${ONE}accept-proxy = ::/0`, /^:2: warning: accept-proxy: ::\/0 is everybody, and/],
];

t.test('what does nothing, or more than is meant, is told with its line', async (t) => {
  for (const [ini, words] of WARNED) {
    const said = await warnings(t, `${ini}\n`);
    t.equal(said.length, 1, ini);
    t.match(said[0]?.replace('a.cf.ini', ''), words);
  }
});

/** Of these nothing is said. */
const FINE: readonly string[] = [
  `${ONE}queue = 10\nserver-connections = 5`,
  `${ONE}queue = 10\nservice-connections = 5`,
  `${STICKY}queue = 10`,
  `${ONE}queue = no`,
  `[limits]\nqueue = 10`,
  `${ONE}sni = a.example 10.1.1.19:81\nsni-default = refuse\nsni-timeout = 2s`,
  `${ONE}sni-default = serve\nsni-timeout = 5s`,
  `${ONE}rebalance = 20/s`,
  `[net]\nrebalance = 20/s`,
  `[checks]\nagent-port = 9990\nagent-send = x\nagent-interval = 1s`,
  `[checks]\nagent-interval = 1s\n${ONE}agent-port = 9990`,
  `[checks]\npassive-hold = 1s\n${SIX}passive = 5/30s`,
  `[checks]\npassive-hold = 10s`,
  `[net]\nsource = 127.0.0.2, 2001:db8::5`,
  `[limits]\nallow = 10.0.0.0/8\ndeny = 10.1.0.0/16`,
  `${ONE}deny = ::/0\nallow = 0.0.0.0/0`,
  `${ONE}accept-proxy = 0.0.0.0/1`,
];

t.test('what may be meant is not told of', async (t) => {
  for (const ini of FINE) t.strictSame(await warnings(t, `${ini}\n`), [], ini);
});
