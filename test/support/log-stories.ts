import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Which servers a story has, in their order. */
export type Cast = 'echo' | 'refuses' | 'hole';

/** What a story may do besides speaking as a client. */
export interface Props {
  /** A client that has connected. */
  client(): Promise<Socket>;
  /** Takes the echo server away, as one that is down where its connections are to end. */
  down(): Promise<void>;
  /** Ends all connections by the operator's hand. */
  kill(): Promise<void>;
}

/** One connection, and what the log must say of it. */
export interface LogStory {
  readonly name: string;
  readonly cast: readonly Cast[];
  /** Line with C for the client, D for the date, S for the service, `echo` for the server that answers, and T
   *  for each time that is 0 or more. */
  readonly line: string;
  /** It is the service's `dontlognull` that counts. */
  readonly quiet?: true;
  /** Who is silent for too long, where that is not the client: for a program with a time for each side. */
  readonly slow?: 'server';
  play(props: Props): Promise<void>;
}

/** The idle time of all stories. */
export const IDLE_MS = 5000;
/** How long a dial may take. */
export const CONNECT_MS = 1000;

/** What the echo server does, by the word that it is sent. */
export function serveWords(socket: Socket): void {
  socket.on('error', () => {});
  let goodbye = '';
  socket.on('end', () => socket.end(goodbye));
  socket.on('data', (chunk) => {
    const word = String(chunk);
    if (word === 'close') socket.end('hello');
    else if (word === 'echo') socket.write('hello');
    else if (word === 'greet') {
      goodbye = 'bye';
      socket.write('hello');
    } else if (word === 'reset')
      socket.write('hello', () => setTimeout(() => socket.resetAndDestroy(), 50));
  });
}

/** Sends a word and waits for the answer. */
async function say(client: Socket, word: string): Promise<void> {
  client.write(word);
  await new Promise((resolve, reject) => {
    client.once('data', resolve);
    client.once('close', () =>
      reject(new Error(`closed without an answer to ${word}`)),
    );
  });
}

/** Until the director or its peer ends it. */
async function over(client: Socket): Promise<void> {
  client.resume();
  if (!client.closed) await new Promise((resolve) => client.once('close', resolve));
}

const END = '0/0';
const ALONE = '1/1/0/0/0';

export const LOG_STORIES: readonly LogStory[] = [
  {
    name: 'the server ends it behind its answer',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 5 -- ${ALONE} ${END}`,
    async play({ client }) {
      const one = await client();
      await say(one, 'close');
      one.end();
      await over(one);
    },
  },
  {
    name: 'the client ends it first, and the server says goodbye',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 8 -- ${ALONE} ${END}`,
    async play({ client }) {
      const one = await client();
      await say(one, 'greet');
      one.end();
      await over(one);
    },
  },
  {
    name: 'the client resets',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 5 CD ${ALONE} ${END}`,
    async play({ client }) {
      const one = await client();
      await say(one, 'echo');
      await new Promise((wait) => setTimeout(wait, 50));
      one.resetAndDestroy();
    },
  },
  {
    name: 'the server resets',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 5 SD ${ALONE} ${END}`,
    async play({ client }) {
      const one = await client();
      await say(one, 'reset');
      await over(one);
    },
  },
  {
    name: 'the only server refuses',
    cast: ['refuses'],
    line: `C [D] S S/refuses T/-1/T 0 SC ${ALONE} ${END}`,
    async play({ client }) {
      await over(await client());
    },
  },
  {
    name: 'a server refuses, and another one takes it',
    cast: ['refuses', 'echo'],
    line: `C [D] S S/echo T/T/T 5 -- 1/1/0/0/+1 ${END}`,
    async play({ client }) {
      const one = await client();
      await say(one, 'close');
      one.end();
      await over(one);
    },
  },
  {
    name: 'the dial is answered by nobody',
    cast: ['hole'],
    line: `C [D] S S/hole T/-1/T 0 sC ${ALONE} ${END}`,
    async play({ client }) {
      await over(await client());
    },
  },
  {
    name: 'the client is silent for too long',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 5 cD ${ALONE} ${END}`,
    async play({ client }) {
      const one = await client();
      await say(one, 'echo');
      await over(one);
    },
  },
  {
    name: 'the server owes an answer for too long',
    cast: ['echo'],
    slow: 'server',
    line: `C [D] S S/echo T/T/T 0 sD ${ALONE} ${END}`,
    async play({ client }) {
      const one = await client();
      one.write('nothing');
      await over(one);
    },
  },
  {
    name: 'one client has said nothing, the next one has',
    cast: ['echo'],
    quiet: true,
    line: `C [D] S S/echo T/T/T 5 -- ${ALONE} ${END}`,
    async play({ client }) {
      const silent = await client();
      silent.end();
      await over(silent);
      // Who has ended is counted for a moment longer.
      await delay(1500);
      const one = await client();
      await say(one, 'close');
      one.end();
      await over(one);
    },
  },
  {
    name: 'one of two at once',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 5 -- 2/2/1/1/0 ${END}`,
    async play({ client }) {
      const other = await client();
      await say(other, 'echo');
      const one = await client();
      await say(one, 'close');
      one.end();
      await over(one);
      other.destroy();
    },
  },
  {
    name: 'the server is found down',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 5 D- ${ALONE} ${END}`,
    async play({ client, down }) {
      const one = await client();
      await say(one, 'echo');
      await down();
      await over(one);
    },
  },
  {
    name: 'an operator kills it',
    cast: ['echo'],
    line: `C [D] S S/echo T/T/T 5 K- ${ALONE} ${END}`,
    async play({ client, kill }) {
      const one = await client();
      await say(one, 'echo');
      await kill();
      await over(one);
    },
  },
];

/** A line as {@link LogStory.line} has it.
 *  @param names  what the servers are called in it */
export function plainLine(
  line: string,
  service: string,
  names: ReadonlyMap<string, Cast>,
): string {
  const [client = '', date = '', own, server = '', times = '', ...rest] = line
    .trim()
    .split(' ');
  const at = /^127\.0\.0\.1:\d+$/.test(client) ? 'C' : client;
  const day = /^\[\d\d\/[A-Z][a-z]{2}\/\d{4}(?::\d\d){3}\.\d{3}\]$/.test(date)
    ? '[D]'
    : date;
  const name = server.slice(service.length + 1);
  const place = `${own === service ? 'S' : own} S/${names.get(name) ?? name}`;
  return [at, day, place, times.replace(/\d\d*(?=\/|$)/g, plainTime), ...rest].join(
    ' ',
  );
}

function plainTime(digits: string, at: number, all: string): string {
  return all[at - 1] === '-' ? digits : 'T';
}
