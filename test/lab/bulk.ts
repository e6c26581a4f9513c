import { createCipheriv, createHash } from 'node:crypto';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../../lib/model/reason.ts';
import { now } from './traffic.ts';

/** Large transfers, slowly read, with the digest of what was sent and of what came. */

/** What came, or as much of it as came before `outcome` was other than `ok`. */
export interface Transfer {
  readonly bytes: number;
  readonly sha256: string;
  readonly outcome: string;
}

const BLOCK = 65536;

/** The same bytes for the same length, and no two blocks alike. */
function* pattern(bytes: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(BLOCK);
  for (let left = bytes; left > 0; left -= BLOCK)
    yield cipher.update(zeros.subarray(0, Math.min(left, BLOCK)));
}

/** Digest of the document `/bytes/N`. */
export async function patternDigest(bytes: number): Promise<string> {
  const hash = createHash('sha256');
  for (const block of pattern(bytes)) hash.update(block);
  return hash.digest('hex');
}

/** Reads to the end, with rests, so that the pace is `bytesPerSecond` at most. */
async function readSlowly(
  stream: IncomingMessage,
  bytesPerSecond: number,
  seen: () => void = () => {},
): Promise<Transfer> {
  const hash = createHash('sha256');
  const began = now();
  let bytes = 0;
  let outcome = 'ok';
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      seen();
      const ahead = (bytes / bytesPerSecond) * 1000 - (now() - began);
      if (ahead > 1) await sleep(ahead);
    }
  } catch (error) {
    outcome = reasonOf(error);
  }
  return { bytes, sha256: hash.digest('hex'), outcome };
}

/** A web server: `GET /bytes/N` sends N bytes as fast as they are taken; `PUT` reads at
 *  `bytesPerSecond` and answers with the digest. Lives as long as its process.
 *  @returns its port */
export async function serveBulk(port: number, bytesPerSecond: number): Promise<number> {
  const server = createServer((incoming, answer) => {
    const [, size = '0'] = /^\/bytes\/(\d+)$/.exec(incoming.url ?? '') ?? [];
    const done =
      incoming.method === 'PUT'
        ? readSlowly(incoming, bytesPerSecond).then(({ sha256 }) => answer.end(sha256))
        : pipeline(Readable.from(pattern(Number(size))), answer);
    done.catch(() => answer.destroy()); // The client went away: it knows.
  });
  await new Promise<void>((resolve) => server.listen(port, resolve));
  return (server.address() as AddressInfo).port;
}

const begun = new Map<string, PromiseWithResolvers>();
interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function beginning(url: string): PromiseWithResolvers {
  let entry = begun.get(url);
  if (!entry) {
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    entry = { promise, resolve };
    begun.set(url, entry);
  }
  return entry;
}

/** Resolves when the first bytes of a download of that URL have come. */
export async function downloadBegan(url: string): Promise<void> {
  await beginning(url).promise;
}

/** Fetches a document through a slow reader. */
export function download(url: string, bytesPerSecond: number): Promise<Transfer> {
  return exchange(url, 'GET', 0, (response) =>
    readSlowly(response, bytesPerSecond, beginning(url).resolve),
  );
}

/** Sends `bytes` bytes of the pattern; `sha256` is what the server says that it got. */
export function upload(url: string, bytes: number): Promise<Transfer> {
  return exchange(url, 'PUT', bytes, async (response) => {
    let sha256 = '';
    for await (const chunk of response) sha256 += String(chunk);
    return { bytes, sha256, outcome: 'ok' };
  });
}

async function exchange(
  url: string,
  method: 'GET' | 'PUT',
  bytes: number,
  read: (response: IncomingMessage) => Promise<Transfer>,
): Promise<Transfer> {
  try {
    const client = request(url, { method, agent: false });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      client.on('response', resolve).on('error', reject);
    });
    const [response] = await Promise.all([
      answered,
      pipeline(Readable.from(pattern(bytes)), client),
    ]);
    return await read(response);
  } catch (error) {
    return { bytes: 0, sha256: '', outcome: String(error) };
  }
}
