import type { Socket } from 'node:net';
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

/** Its control connections; its data connections are in `data`. */
export interface FtpServer extends RawServer {
  readonly data: RawServer;
}

const REPLIES: Readonly<Record<string, string>> = {
  greeting: '220 ready',
  USER: '331 password, please',
  PASS: '230 welcome',
  CWD: '250 here',
  TYPE: '200 set',
  PASV: '227 there (127,0,0,1,HIGH,LOW)',
  EPSV: '229 there (|||PORT|)',
  RETR: '150 it comes',
  QUIT: '221 bye',
};

/** An FTP server of the test's own making, on loopback, for one client. */
export async function ftpServer(
  t: Pick<Test, 'teardown'>,
  script: FtpScript = {},
): Promise<FtpServer> {
  const { send = (socket) => socket.end('Test Page'), after = '226 sent' } = script;
  const replies = { ...REPLIES, ...script.replies };
  let connected: (socket: Socket) => void = () => {};
  const connection = new Promise<Socket>((resolve) => {
    connected = resolve;
  });
  const data = await rawServer(t, (socket) => connected(socket));

  function say(control: Socket, reply = '502 what?'): void {
    const { port } = data;
    const there = reply
      .replace('HIGH,LOW', `${port >> 8},${port & 255}`)
      .replace('PORT', String(port));
    if (there !== '') control.write(`${there}\r\n`);
  }
  async function transfer(control: Socket): Promise<void> {
    const socket = await connection;
    socket.once('close', () => say(control, after));
    send(socket);
  }
  const server = await rawServer(t, (control) => {
    let pending = '';
    say(control, replies.greeting);
    control.on('data', (bytes) => {
      const lines = `${pending}${bytes.toString('latin1')}`.split('\r\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        const [verb = ''] = line.split(' ', 1);
        say(control, replies[verb]);
        if (verb === 'RETR') void transfer(control);
        if (verb === 'QUIT') control.end();
      }
    });
  });
  return Object.assign(server, { data });
}
