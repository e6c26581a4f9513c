import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { childEnvironment } from '../model/child-environment.ts';
import { within } from '../model/within.ts';
import { shared } from './shared.ts';

const run = promisify(execFile);

/** A list of ten thousand sockets. */
const MOST_BYTES = 4 << 20;
const PATIENCE_MS = 4_000;
const UNKNOWN = 'unknown';

const known = new WeakMap<Socket, Promise<string>>();

/** Who is at the other end of a Unix socket, for the audit line of a change: `uid 0 (root)`, and
 *  `unknown` where that cannot be found out: the peer is gone or in another network namespace, the
 *  director may not look, or `ss` (Debian: iproute2) is not there. Node cannot ask for SO_PEERCRED;
 *  this looks for the process that has the peer's socket open, at a cost of some milliseconds in a
 *  child, once a connection; those who ask meanwhile share the next. Never rejects; takes 4 s at
 *  most. */
export function peerOf(socket: Socket): Promise<string> {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const found = find(socket).catch(() => UNKNOWN);
  const asked = within(PATIENCE_MS, found, () => UNKNOWN);
  known.set(socket, asked);
  return asked;
}

/** Every Unix socket, by `ss`; a child at a time. */
const listed = shared(async () => {
  const { stdout } = await run('ss', ['-xpH'], {
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
    env: {
      ...childEnvironment(),
      LC_ALL: 'C',
      PATH: `${process.env.PATH}:/usr/bin:/bin:/sbin`,
    },
  });
  return stdout;
}, PATIENCE_MS);

async function find(socket: Socket): Promise<string> {
  const inode = await inodeOf(socket);
  const pid = peerPid(await listed(), inode);
  if (pid === undefined) return UNKNOWN;
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1];
  return uid === undefined ? UNKNOWN : `uid ${uid}${await nameOf(uid)}`;
}

/** In a list of `ss -xpH`, the process that holds the socket whose peer has that inode: at the end of
 *  each line stand a socket's own inode, its peer's name and inode, then who has it open. Names of
 *  programs and sockets stand there as their owners chose them, with quotes and line ends: only the
 *  digits behind the last name are `ss`'s own.
 *  @returns undefined also where more than one line says so: one of them is forged */
export function peerPid(list: string, inode: string): string | undefined {
  const line = new RegExp(
    ` \\d+ +\\S+ +${inode} +users:\\(\\(.*",pid=(\\d+),fd=\\d+\\)\\) *$`,
    'gm',
  );
  const [found, ...others] = list.matchAll(line);
  return others.length === 0 ? found?.[1] : undefined;
}

/** Node tells the descriptor of a socket nowhere else. */
async function inodeOf(socket: Socket): Promise<string> {
  const { _handle: handle } = socket as Socket & { _handle?: { fd?: number } };
  const link = await readlink(`/proc/self/fd/${handle?.fd}`);
  const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
  if (inode === undefined) throw new Error(`no socket: ${link}`);
  return inode;
}

/** ` (root)`; nothing for one that only a directory service knows. */
async function nameOf(uid: string): Promise<string> {
  const users = await readFile('/etc/passwd', 'latin1').catch(() => '');
  const name = new RegExp(`^([^:\\n]+):[^:\\n]*:${uid}:`, 'm').exec(users)?.[1];
  return name === undefined ? '' : ` (${name})`;
}
