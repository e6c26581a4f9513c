import { once } from 'node:events';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdtemp,
  rename,
  rm,
  unlink,
} from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readStatus } from './client.ts';

/** The kernel's `sun_path` without its closing NUL. Source: unix(7). */
const LONGEST_PATH = 107;
const TRIES = 50;
const RETRY_MS = 20;
const PROBE_MS = 2_000;

/** Which file a name stood for. */
interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Who may connect. */
export interface Access {
  readonly mode: number;
  /** Undefined: that of the process. */
  readonly group?: number | undefined;
}

/** Listens at `path` for those who may, and at no moment for others: the socket is made in a
 *  private directory beside it and linked into place when it is ready. A socket file that nobody
 *  listens on is replaced; of two who start at once, one gets the name.
 *  @returns what gives the name back: removes the file while it is still the one made here
 *  @throws  Error in words: somebody listens there (says who), the file is no socket, or it cannot
 *           be made; then nothing has changed and the server is closed */
export async function listenAt(
  server: Server,
  path: string,
  access: Access = { mode: 0o660 },
): Promise<() => Promise<void>> {
  const directory = await privateDirectory(path);
  const own = join(directory, 's');
  try {
    server.listen(own);
    await once(server, 'listening');
    await grant(own, path, access);
    const identity = await lstat(own, { bigint: true });
    await takeName(own, path);
    return () => giveBack(path, identity);
  } catch (error) {
    server.close();
    throw codeOf(error) === undefined ? error : unmade(path, error);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function grant(
  own: string,
  path: string,
  { mode, group }: Access,
): Promise<void> {
  if (group !== undefined)
    await chown(own, -1, group).catch((cause: unknown) => {
      throw new Error(
        `${path}: cannot be given to the group ${group} (${codeOf(cause)}); choose one that the director is in`,
        { cause },
      );
    });
  await chmod(own, mode);
}

async function privateDirectory(path: string): Promise<string> {
  const template = join(dirname(path), '.l4-');
  const longest = Math.max(Buffer.byteLength(path), Buffer.byteLength(template) + 8);
  if (longest > LONGEST_PATH)
    throw new Error(
      `${path}: a socket's path has at most ${LONGEST_PATH} bytes; choose a shorter --runtime-dir`,
    );
  try {
    return await mkdtemp(template);
  } catch (error) {
    throw unmade(path, error);
  }
}

const ROOM = 'no space or no inode is left, see "df" and "df -i"; make room';
const MENDS: Readonly<Record<string, string>> = { ENOSPC: ROOM, EDQUOT: ROOM };

/** In words: what, where, why and how to mend it. */
function unmade(path: string, cause: unknown): Error {
  const code = String(codeOf(cause));
  const mend = Object.hasOwn(MENDS, code) ? `: ${MENDS[code]}, or` : ';';
  return new Error(
    `${path}: cannot be made (${code} in ${dirname(path)})${mend} choose another --runtime-dir`,
    { cause },
  );
}

async function takeName(own: string, path: string): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await succeeds(link(own, path), 'EEXIST')) return;
    if (await replaceStale(own, path)) return;
    await delay(RETRY_MS);
  }
  throw new Error(`${path}: other processes keep taking this name`);
}

/** Only the holder of the claim, a further name of its own socket, may replace a dead one, and
 *  the claim becomes the name in one step: two who saw the same dead file cannot both win.
 *  @returns false when the name is free or somebody else is at it: try again */
async function replaceStale(own: string, path: string): Promise<boolean> {
  const stale = await identify(path);
  if (!stale) return false;
  if (!stale.isSocket())
    throw new Error(
      `${path}: exists and is no socket; move it away, or choose another --runtime-dir`,
    );
  if (await isAlive(path)) throw new Error(`${path}: ${await describeHolder(path)}`);

  const claim = join(dirname(path), `.l4-${stale.ino}`);
  if (!(await succeeds(link(own, claim), 'EEXIST'))) {
    if (!(await isAlive(claim))) await succeeds(unlink(claim), 'ENOENT');
    return false;
  }
  const now = await identify(path);
  const unchanged = now !== undefined && isSame(now, stale);
  await (unchanged ? rename(claim, path) : unlink(claim));
  return unchanged;
}

async function isAlive(path: string): Promise<boolean> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES')
      throw new Error(`${path}: no permission to see whether somebody listens there`, {
        cause: error,
      });
    return code !== 'ECONNREFUSED' && code !== 'ENOENT';
  } finally {
    socket.destroy();
  }
}

async function describeHolder(path: string): Promise<string> {
  try {
    const { pid, config } = await readStatus(path, { timeoutMs: PROBE_MS });
    return `l4director with pid ${pid} (${config}) listens there; stop it first`;
  } catch {
    return `another process listens there ("ss -xlp" as root names it); stop it, or choose another --runtime-dir`;
  }
}

async function giveBack(path: string, own: Identity): Promise<void> {
  const found = await identify(path);
  if (found && isSame(found, own)) await succeeds(unlink(path), 'ENOENT');
}

async function identify(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isSame(a: Identity, b: Identity): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** @returns false when it failed with that one code; any other failure is thrown */
async function succeeds(work: Promise<unknown>, code: string): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (codeOf(error) === code) return false;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
