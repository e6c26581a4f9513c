import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROGRAMS } from '../needs.ts';
import type { Subject } from '../subjects/subject.ts';
import { visits } from './visits.ts';

/** System calls by their names. */
export type Calls = Readonly<Record<string, number>>;

/** It says nothing when it is there; far more than that takes. */
const ATTACH_MS = 1500;

/** System calls of each kind that one connection takes, of all threads. Source: strace(1).
 *  @param file  for what strace says */
export async function callsOf(
  { child, place }: Subject,
  count: number,
  file: string,
): Promise<Calls> {
  const strace = spawn(
    PROGRAMS.strace.path,
    ['-f', '-c', '-U', 'calls,name', '-o', file, '-p', String(child?.pid)],
    { stdio: 'ignore' },
  );
  const ended = once(strace, 'exit');
  try {
    await sleep(ATTACH_MS);
    await visits(place, count);
  } finally {
    strace.kill('SIGINT');
    await ended;
  }
  const rows = [...readFileSync(file, 'latin1').matchAll(/^\s*(\d+)\s+(\w+)$/gm)];
  return Object.fromEntries(
    rows
      .filter(([, , name]) => name !== 'total')
      .map(([, calls, name]) => [name, Number(calls) / count]),
  );
}

/** Bytes of its heap that the thread that forwards takes for one connection, garbage or not.
 *  @param socket  of the hook in that director */
export async function bytesOf(
  { place }: Subject,
  count: number,
  socket: string,
): Promise<number> {
  await heap(socket, 'begin');
  await visits(place, count);
  return (await heap(socket, 'end')) / count;
}

async function heap(socket: string, word: 'begin' | 'end'): Promise<number> {
  const asked = connect(socket);
  asked.write(word);
  return Number(await text(asked));
}
