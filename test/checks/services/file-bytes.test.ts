import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readConfig } from '../../../lib/config/index.ts';
import { checkPlan } from '../../../lib/director/check-plan.ts';
import { bytesOf, type FileEncoding } from '../../../lib/model/file-text.ts';
import { checkOnce } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';
import { parrot } from '../../support/parrot.ts';
import { rawServer } from '../../support/raw-server.ts';
import { realVerdicts } from '../../support/real-verdicts.ts';

const LOGIN = 'jÖrgen';
const PASSWD = 'kryptonit-äß';
const SECRET = 'ö-secret';

/** What of the file a server hears; `bytes` makes of a text what the file has there. */
type Words = (bytes: (text: string) => string) => readonly string[];

interface Row {
  readonly service: string;
  readonly request: string;
  readonly hears: Words;
  /** Where ldirectord says it in another way. */
  readonly hearsFromReal?: Words;
}

const ROWS: readonly Row[] = [
  {
    service: 'ftp',
    request: 'wäg',
    hears: (bytes) => [`USER ${bytes(LOGIN)}\r\n`, `PASS ${bytes(PASSWD)}\r\n`],
  },
  {
    service: 'http',
    request: '/wäg?ü',
    hears: (bytes) => [
      `GET /w${inUrl(bytes('ä'))}g?${inUrl(bytes('ü'))} HTTP`,
      `Host: ${bytes('hÖst')}\r\n`,
    ],
  },
  {
    service: 'http_proxy',
    request: 'http://a.example/wäg',
    hears: (bytes) => [`GET http://a.example/w${inUrl(bytes('ä'))}g HTTP`],
  },
  {
    service: 'imap',
    request: '',
    hears: (bytes) => [`LOGIN {${bytes(LOGIN).length}}\r\n`],
    // It asks at port 143, whatever the port.
    hearsFromReal: () => [],
  },
  {
    service: 'ldap',
    request: 'cn=a',
    hears: (bytes) => [bytes(LOGIN), bytes(PASSWD)],
  },
  {
    service: 'pgsql',
    request: 'SELECT 1',
    hears: (bytes) => [`\0${bytes(LOGIN)}\0`, `${bytes(PASSWD)}\0`],
  },
  {
    service: 'pop',
    request: '',
    hears: (bytes) => [`APOP ${bytes(LOGIN)} ${md5(`<1@here>${bytes(PASSWD)}`)}\r\n`],
  },
  {
    service: 'radius',
    request: '',
    hears: (bytes) => [bytes(LOGIN), `password ${bytes(PASSWD)}`],
  },
  { service: 'simpletcp', request: 'grüße', hears: (bytes) => [bytes('grüße')] },
  {
    service: 'sip',
    request: '',
    hears: (bytes) => [`OPTIONS sip:j${inUrl(bytes('Ö'))}rgen SIP/2.0`],
    hearsFromReal: (bytes) => [`OPTIONS sip:${bytes(LOGIN)} SIP/2.0`],
  },
];

const inUrl = (bytes: string) =>
  bytes.replace(/./g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
const md5 = (...bytes: readonly string[]) =>
  createHash('md5').update(bytes.join(''), 'latin1').digest('hex');

/** A server of that service that is never content, and what it heard. */
async function listener(
  t: Test,
  service: string,
): Promise<{ readonly port: number; readonly heard: () => string }> {
  if (service !== 'pgsql') return await parrot(t, service, 'it never refuses');
  const server = await rawServer(t, (socket) => askForPassword(socket));
  return { port: server.port, heard: () => server.received.join('') };
}

/** No TLS; the password, in clear. */
function askForPassword(socket: Socket): void {
  const answers = ['N', 'R\0\0\0\x08\0\0\0\x03'];
  socket.on('data', () => {
    const answer = answers.shift();
    if (answer === undefined) socket.end();
    else socket.write(answer);
  });
}

/** One packet's password, unmasked. Source: RFC 2865, 5.2. */
function radiusPassword(packet: string, secret: string): string {
  // The attribute: its type, its length, one block.
  const masked = packet.slice(packet.indexOf('\x02\x12', 20) + 2).slice(0, 16);
  const mask = Buffer.from(md5(secret, packet.slice(4, 20)), 'hex');
  const plain = Buffer.from(masked, 'latin1').map((byte, at) => byte ^ (mask[at] ?? 0));
  return Buffer.from(plain).toString('latin1').replace(/\0+$/, '');
}

function section({ service, request }: Row, port: number, index: number): string {
  return `virtual=10.254.0.${index + 1}:80
        real=127.0.0.1:${port} masq
        service=${service}
        negotiatetimeout=3
        checktimeout=3
        login="${LOGIN}"
        passwd="${PASSWD}"
        secret="${SECRET}"
        database="depot"
        virtualhost="hÖst"
        request="${request || '/'}"
        receive="wäg"
`;
}

/** Has the rows' servers asked by those who are given the sections, and looks at what they heard. */
async function compare(
  t: Test,
  encoding: FileEncoding,
  wanted: (row: Row) => Words,
  ask: (sections: readonly string[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-bytes-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const servers = await Promise.all(ROWS.map(({ service }) => listener(t, service)));
  await ask(
    servers.map(({ port }, at) => section(ROWS[at] as Row, port, at)),
    folder,
  );
  const bytes = (text: string) => bytesOf(text, encoding);
  for (const [at, row] of ROWS.entries()) {
    const said = servers[at]?.heard() ?? '';
    const password =
      row.service === 'radius' ? radiusPassword(said, bytes(SECRET)) : '';
    for (const words of wanted(row)(bytes))
      t.ok(
        `${said}password ${password}`.includes(words),
        `${row.service} hears ${JSON.stringify(words)} in ${JSON.stringify(said)}`,
      );
  }
}

for (const encoding of ['utf8', 'latin1'] as const) {
  t.test(`a server hears the bytes of a file in ${encoding}`, async (t) => {
    await compare(
      t,
      encoding,
      ({ hears }) => hears,
      async (sections, folder) => {
        const file = join(folder, 'a.cf');
        writeFileSync(file, sections.join('\n'), encoding);
        const read = await readConfig(file);
        if (!read.ok) throw new Error(JSON.stringify(read.errors));
        const targets = read.config.virtuals.flatMap((service) =>
          service.reals.map((real) => checkPlan(service, real).target),
        );
        for (const { message } of await Promise.all(
          targets.map((target) => checkOnce(target)),
        ))
          t.notMatch(message, /kryptonit|rgen|secret/, message);
      },
    );
  });

  t.test(`so it does from ldirectord, ${encoding}`, lab('ldirectord', 'perl'), (t) =>
    compare(
      t,
      encoding,
      ({ hears, hearsFromReal = hears }) => hearsFromReal,
      async (sections, folder) => {
        await realVerdicts({
          folder: join(folder, 'real'),
          sections,
          encoding,
          hangsAfterMs: 30_000,
          authorities: undefined,
        });
      },
    ),
  );
}
