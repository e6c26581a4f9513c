import { connect, type Socket } from 'node:net';
import type { Test } from 'tap';
import { type RawServer, rawServer } from './raw-server.ts';

/** What a made-up FTP server says and does. Absent: as one that is well. */
export interface FtpScript {
  /** Reply by command word, and `greeting`. `HIGH,LOW` and `PORT` in it become the port where
   *  the file is to be had; an empty one is not sent. */
  readonly replies?: Readonly<Record<string, string>>;
  /** What it does with the data connection after RETR. */
  readonly send?: (data: Socket) => void;
  /** What it says when the data connection has ended. */
  readonly after?: string;
}

/** Its control connections. */
export interface FtpServer extends RawServer {
  /** The data connections of each client, in the order in which they came. */
  readonly data: readonly RawServer[];
}

const REPLIES: Readonly<Record<string, string>> = {
  greeting: '220 ready',
  USER: '331 password, please',
  PASS: '230 welcome',
  CWD: '250 here',
  TYPE: '200 set',
  PORT: '200 will do',
  PASV: '227 there (127,0,0,1,HIGH,LOW)',
  EPSV: '229 there (|||PORT|)',
  RETR: '150 it comes',
  QUIT: '221 bye',
};

/** The data connection that the server makes: "127,0,0,1,4,1" is port 1025. */
function active(words: string): Socket {
  const [high = 0, low = 0] = words.split(',').slice(-2).map(Number);
  return connect(high * 256 + low, '127.0.0.1').on('error', () => {});
}

/** An FTP server of the test's own making, on loopback. */
export async function ftpServer(
  t: Pick<Test, 'teardown'>,
  script: FtpScript = {},
): Promise<FtpServer> {
  const data: RawServer[] = [];
  const server = await rawServer(t, (control) => void serve(t, script, control, data));
  return Object.assign(server, { data });
}

async function serve(
  t: Pick<Test, 'teardown'>,
  {
    replies,
    send = (socket) => socket.end('Test Page'),
    after = '226 sent',
  }: FtpScript,
  control: Socket,
  all: RawServer[],
): Promise<void> {
  let connected: (socket: Socket) => void = () => {};
  const connection = new Promise<Socket>((resolve) => {
    connected = resolve;
  });
  const data = await rawServer(t, (socket) => connected(socket));
  all.push(data);

  function say(reply = '502 what?'): void {
    const there = reply
      .replace('HIGH,LOW', `${data.port >> 8},${data.port & 255}`)
      .replace('PORT', String(data.port));
    if (there !== '' && control.writable) control.write(`${there}\r\n`);
  }
  async function transfer(): Promise<void> {
    const socket = await connection;
    socket.once('close', () => say(after));
    send(socket);
  }
  say(replies?.greeting ?? REPLIES.greeting);
  const obey = (line: string): void => {
    const [verb = '', words = ''] = line.split(' ', 2);
    say(replies?.[verb] ?? REPLIES[verb]);
    if (verb === 'PORT') connected(active(words));
    if (verb === 'RETR') void transfer();
    if (verb === 'QUIT' && replies?.QUIT !== '') control.end();
  };
  let pending = '';
  control.on('data', (bytes) => {
    const lines = `${pending}${bytes.toString('latin1')}`.split('\r\n');
    pending = lines.pop() ?? '';
    for (const line of lines) obey(line);
  });
}
