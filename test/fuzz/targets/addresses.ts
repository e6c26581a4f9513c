import { isIP } from 'node:net';
import fc from 'fast-check';
import { splitWords } from '../../../lib/checks/command-words.ts';
import { questionFor } from '../../../lib/checks/services/dns-question.ts';
import { wholeUrl } from '../../../lib/checks/whole-url.ts';
import { numericAddress, quadNumber } from '../../../lib/config/numeric-address.ts';
import { parseRealAddress, parseRealFlags } from '../../../lib/config/real-line.ts';
import { portIn } from '../../../lib/config/resolver.ts';
import { parseVirtual } from '../../../lib/config/virtual-line.ts';
import { listenAt, passwordHash } from '../../../lib/config/web-values.ts';
import { askedKey, clientKey, clientName } from '../../../lib/engines/client-key.ts';
import { pemCertificates } from '../../../lib/model/pem.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { demand, pure, refusable } from '../target.ts';

const GOOD = [
  ...[
    '10.1.1.19:80',
    '127.1',
    '0x7f.0.0.1',
    '017700000001',
    '[2001:db8::1]:80',
    '::ffff:1.2.3.4',
    'fe80::1%eth0',
  ],
  ...[
    'www.example.com:http',
    '10.0.0.2->10.0.0.9:80 masq 5 "a", "b" l:1 u:2',
    'real-1:80 gate "/x","y"',
  ],
  ...[
    'http://scott:tiger@www.example.com:80/a?b#c',
    '1.0.0.127.in-addr.arpa',
    '192.0.2.0/24',
    '2001:db8::/32',
  ],
  ...[
    'http 80/tcp www # web\nhttps 443/tcp\ndomain 53/udp',
    '/bin/check --name \'a b\' "c\\"d" e\\ f',
  ],
  ...[
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'scrypt$ln=15,r=8,p=3$SALT$KEY',
  ],
];
const WORDS = [
  ...GOOD,
  ...'0123456789abcdefx.:/->@[]%',
  '::',
  '0x',
  '->',
  '255',
  '256',
  ...SPICE,
];

/** A line of the file is no longer. */
const LONGEST_LINE = 4_096;

/** A reader, which returns or throws an error in words. */
type Reader = (text: string) => unknown;

const READERS: Readonly<Record<string, Reader>> = {
  inet: (text) => stays(text, 'inet', 4),
  inet6: (text) => stays(text, 'inet6', 6),
  virtual: (text) => parseVirtual(text, 'inet', () => {}),
  virtual6: (text) => parseVirtual(text, 'inet6', () => {}),
  real: (text) => parseRealFlags(parseRealAddress(text, () => {}).flags, () => {}),
  listen: listenAt,
  hash: passwordHash,
  services(text) {
    const port = portIn(text, 'http', 'tcp') ?? 0;
    demand(Number.isInteger(port), () => `port ${port}`);
  },
  command: splitWords,
  question: questionFor,
  url: wholeUrl,
  client(text) {
    const key = askedKey(text, clientKey(text.includes('.') ? '255.255.255.0' : '64'));
    return key !== undefined && clientName(key, undefined);
  },
  pem: pemCertificates,
};

/** What is numeric stays what it is. */
function stays(text: string, family: 'inet' | 'inet6', version: 4 | 6): void {
  const address = numericAddress(text, family);
  if (address === undefined || address === 'other family') return;
  demand(isIP(address) === version, () => `${address} is no IPv${version}`);
  demand(
    numericAddress(address, family) === address,
    () => `${address} becomes another`,
  );
  if (version === 4)
    demand(quadNumber(address) < 2 ** 32, () => `${address} is too large`);
}

/** Addresses, host names, URLs and what else names a place. */
export const addresses = pure({
  covers: 'lib/config/{numeric-address,virtual-line,real-line,resolver,web-values}.ts',
  boundMs: 250,
  inputs: fc.tuple(
    fc.constantFrom(...Object.keys(READERS)),
    mutated(GOOD, WORDS).map((text) => text.slice(0, LONGEST_LINE)),
  ),
  take: ([name, text]) => void refusable(() => READERS[name]?.(text)),
});
