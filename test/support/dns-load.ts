import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { now } from '../lab/traffic.ts';

/** One query of a load. */
export interface Query {
  /** On the clock of `now` of the lab. */
  readonly sentAt: number;
  /** When the answer was there, or was waited for no longer. */
  readonly endedAt: number;
  /** The whole answer; undefined: it was lost. */
  readonly answer: Buffer | undefined;
}

interface Place {
  readonly address: string;
  readonly port: number;
}

const TXT = 16;
const IN = 1;
const RECURSION_DESIRED = 0x0100;
/** No server of a test takes so long. */
const PATIENCE_MS = 10_000;

/** Asks for the TXT record, each time from a new port, as stub resolvers do. */
async function query(place: Place, name: string, patienceMs: number): Promise<Query> {
  const socket = createSocket(place.address.includes(':') ? 'udp6' : 'udp4');
  socket.on('error', () => {}); // the answer is lost
  try {
    const connected = once(socket, 'connect');
    socket.connect(place.port, place.address);
    await connected;
    const id = Math.floor(Math.random() * 65_536);
    const sentAt = now();
    socket.send(question(id, name), () => {});
    const answer = await answerTo(id, socket, patienceMs);
    return { sentAt, endedAt: now(), answer };
  } finally {
    socket.close();
  }
}

/** Several loops of queries, until told to stop. */
export function dnsLoad(
  place: Place,
  name: string,
  loops: number,
  patienceMs = PATIENCE_MS,
) {
  const queries: Query[] = [];
  let stopped = false;
  const running = Array.from({ length: loops }, async () => {
    while (!stopped) queries.push(await query(place, name, patienceMs));
  });
  return {
    queries,
    async stop(): Promise<void> {
      stopped = true;
      await Promise.all(running);
    },
  };
}

/** RFC 1035, section 4.1. */
function question(id: number, name: string): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  const labels = name
    .split('.')
    .flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.concat([header, Buffer.from([...labels, 0, 0, TXT, 0, IN])]);
}

async function answerTo(
  id: number,
  socket: Socket,
  patienceMs: number,
): Promise<Buffer | undefined> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    for (;;) {
      const [answer] = (await once(socket, 'message', { signal })) as [Buffer];
      if (answer.length > 12 && answer.readUInt16BE(0) === id) return answer;
    }
  } catch {
    return undefined;
  }
}
