import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Test } from 'tap';
import type { KeyPair } from './certificates.ts';
import { DATABASES } from './database-parrots.ts';

/** How a protocol of lines greets, agrees and refuses. */
interface Manners {
  readonly greeting: string;
  readonly yes: (line: string) => string;
  readonly no: (line: string) => string;
}

const tag = (line: string) => line.split(' ')[0] || '*';
const IMAP: Manners = {
  greeting: '* OK IMAP4rev1',
  yes: (line) => `${tag(line)} OK`,
  no: (line) => `${tag(line)} NO`,
};
const POP: Manners = { greeting: '+OK <1@here>', yes: () => '+OK', no: () => '-ERR' };
const SMTP: Manners = { greeting: '220 here', yes: () => '250', no: () => '535' };

const MANNERS: Readonly<Record<string, Manners>> = {
  imap: IMAP,
  imaps: IMAP,
  pop: POP,
  pops: POP,
  smtp: SMTP,
  submission: SMTP,
  nntp: { greeting: '200 here', yes: () => '281', no: () => '481' },
  ftp: {
    greeting: '220 here',
    yes: (line) => (line.startsWith('USER') ? '331' : '230'),
    no: () => '530',
  },
  http: { greeting: '', yes: () => 'HTTP/1.1 500', no: () => 'HTTP/1.1 500' },
};

/** A server that repeats all it is told. */
export interface Parrot {
  readonly port: number;
  /** What it was told, latin1. */
  readonly heard: () => string;
}

/** Repeats what comes, over TCP and UDP of one port of loopback: a line as it is, in a URL, in
 *  base64 and in quoted-printable, and so a login of mysql and pgsql; anything else as it is. It
 *  agrees until it hears `word`.
 *  @param pair  it speaks TLS */
export async function parrot(
  t: Test,
  service: string,
  word: string,
  pair?: KeyPair,
): Promise<Parrot> {
  const open = new Set<Socket>();
  let heard = '';
  const manners = MANNERS[service] ?? MANNERS.http;
  const serve = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
    });
    const database = DATABASES[service];
    if (database) return database(socket, repeated);
    if (manners?.greeting) socket.write(`${manners.greeting}\r\n`);
    socket.on('data', (bytes) => {
      const lines = bytes.toString('latin1').split('\r\n').slice(0, -1);
      if (lines.length === 0) socket.end(bytes);
      for (const line of lines) socket.write(`${answer(line)}\r\n`, 'latin1');
    });
  };
  const answer = (line: string) => {
    const knows = decodings(line).some((text) => text.includes(word));
    return `${(knows ? manners?.no(line) : manners?.yes(line)) ?? ''} ${repeated(line)}`;
  };
  const server = pair ? createTlsServer(pair, serve) : createServer(serve);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const datagrams = createSocket('udp4', (bytes, from) => {
    heard += bytes.toString('latin1');
    datagrams.send(bytes, from.port, from.address);
  });
  datagrams.bind(port, '127.0.0.1');
  await once(datagrams, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
    datagrams.close();
  });
  return { port, heard: () => heard };
}

function repeated(line: string): string {
  const bytes = Buffer.from(line, 'latin1');
  const quoted = [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0')}`);
  const url = encodeURIComponent(bytes.toString());
  return [quoted.join(''), bytes.toString('base64'), url, line].join(' ');
}

/** The text as it is, and all that can be read in it: escaped as in a URL or in
 *  quoted-printable, or in base64 wherever that may begin. */
export function decodings(text: string): readonly string[] {
  const plain = text.replace(/[=%]([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const runs = text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? [];
  const decoded = runs.flatMap((run) =>
    [0, 1, 2, 3].map((from) =>
      Buffer.from(run.slice(from), 'base64').toString('latin1'),
    ),
  );
  return [text, plain, ...decoded];
}
