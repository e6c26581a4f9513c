import { formatDiagnostic } from '../../../lib/config/config.ts';
import { readIni } from '../../../lib/config/ini.ts';
import { INI_KEYS, KEY_TEXTS } from '../../../lib/config/ini-keys.ts';
import { aService } from '../../support/config.ts';
import { mutated } from '../inputs.ts';
import { fileText, SPICE, wordsOf } from '../support/corpus.ts';
import { demand, target } from '../target.ts';
import { isLine, throughFile } from './config.ts';

const EXAMPLE = fileText('examples/l4director.ini');
const NAMED: Readonly<Record<string, string>> = {
  'web user': 'web user anna',
  service: 'service tcp:10.1.1.19:80',
};
const KEYS = Object.entries(INI_KEYS).map(([name, row]) => ({
  section: NAMED[row.section] ?? row.section,
  key: 'key' in row ? row.key : name,
}));
const VALUES = [
  ...[
    'yes',
    'no',
    'auto',
    'net',
    'nftables',
    'ipvs',
    '3s',
    '500ms',
    '15m',
    '64k',
    '1M',
    '30',
  ],
  ...[
    'local0',
    '/var/log/x.log',
    '0660',
    'root',
    '127.0.0.1:9080',
    '[::1]:9080',
    'admin',
    'eth0,eth1',
    'v1',
    '10.0.0.0/8, 2001:db8::/32',
    'www.example.com:80 masq 1, _http._tcp.example.com masq',
    '10.0.0.53, [2001:db8::53]:5353',
  ],
  'scrypt$ln=12,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MtM8ehY83Wk11U-hIPfMjoHOL8h7mHIef7rh7Vx0jaY',
];
const EVERY = KEYS.flatMap(({ section, key }) =>
  VALUES.map((value) => `[${section}]\n${key} = ${value}\n`),
);
const UNCOMMENTED = EXAMPLE.replace(/^[;#] ?(?=[\w-]+ *=|\[)/gm, '');
const WORDS = [
  ...KEY_TEXTS.map((key) => `\n${key} = `),
  ...KEYS.map(({ section }) => `\n[${section}]\n`),
  ...[
    '\n[service tcp:10.1.1.19:80]\n',
    '\n[service fwm:5]\n',
    '\n[web user bert]\n',
    '[]',
    '="',
  ],
  ...VALUES,
  ...wordsOf([EXAMPLE]),
  ...SPICE,
];
const IDS = ['tcp:10.1.1.19:80', 'udp:10.1.1.19:53', 'fwm:5', '__proto__'];

/** An l4director.ini. */
export const ini = target({
  kind: 'pure',
  covers: 'lib/config/{ini*,web*,proxy*}.ts',
  boundMs: 1_000, // thousands of lines in 64 KiB, each of them wrong
  inputs: mutated([EXAMPLE, UNCOMMENTED, ...EVERY], WORDS),
  open: throughFile('a.ini', async (file) => {
    const read = await readIni('/nonexistent/a.cf', file);
    for (const id of IDS)
      demand(read.service(id).engine !== undefined, () => `no engine of ${id}`);
    const there = IDS.map((id) => ({ ...aService(), id, options: read.service(id) }));
    for (const found of [...read.errors, ...read.warnings(there)]) {
      const told = formatDiagnostic(found);
      demand(isLine(told), () => `no line: ${JSON.stringify(told)}`);
    }
  }),
});
