import { type ChildHow, type Ended, runChild } from '../child.ts';
import { lineCutter } from '../lines.ts';
import { oneLine, unusable } from './problem.ts';

/** ipvsadm(8) as a child process, one call at a time. */
export interface Ipvsadm {
  /** One of the lists of the kernel's table.
   *  @param words  behind `-L -n`
   *  @throws Unusable, or the signal's reason */
  list(words: readonly string[], signal: AbortSignal): Promise<string>;
  /** Tells the lines of the list of connections as they come, some milliseconds' worth at a time.
   *  @throws Unusable, or the signal's reason */
  connections(hear: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** @throws Unusable  no call would do better: it is not there, may not, or finds no IPVS
   *  @throws Refused   this call was refused; or the signal's reason */
  run(words: readonly string[], signal: AbortSignal): Promise<void>;
  /** Many calls in one process, one after the other. A refused one stops none behind it, a
   *  misspelt one all. @throws as {@link run} does, without saying which was refused */
  restore(calls: readonly (readonly string[])[], signal: AbortSignal): Promise<void>;
}

/** ipvsadm cannot do anything at all here; the message says why, with the mend. */
export class Unusable extends Error {}
/** The kernel or ipvsadm refused a call; the message is what it said. */
export class Refused extends Error {}

/** A million connections of IPv6 are some 130 MB; they are never held. */
const CONNECTIONS_LIMIT = 2 ** 29;
const LONGEST_LINE = 1024;
/** For one call. */
const CALL_MS = 10_000;
/** On top of that for each line of a batch. */
const LINE_MS = 1;

export interface IpvsadmOptions {
  /** Name or path; a name is looked for in PATH, and where system programs are. Default
   *  `ipvsadm`. */
  readonly program?: string | undefined;
  /** How long a call may take; default 10 s. */
  readonly callMs?: number;
}

export function createIpvsadm({
  program = 'ipvsadm',
  callMs = CALL_MS,
}: IpvsadmOptions = {}): Ipvsadm {
  const call = async (words: readonly string[], how: ChildHow) =>
    heed(await runChild(program, words, how), { program, ms: how.ms });
  const run = (words: readonly string[], signal: AbortSignal) =>
    call(words, { input: '', ms: callMs, signal });
  return {
    async list(words, signal) {
      try {
        return aList((await run(['-L', '-n', ...words], signal)).stdout);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        throw new Unusable(`ipvsadm cannot list the table: ${error.message}`);
      }
    },
    async connections(hear, signal) {
      const cut = lineCutter(LONGEST_LINE, hear, () => {});
      const how = { input: '', ms: callMs, outputLimit: CONNECTIONS_LIMIT };
      try {
        await call(['-L', '-n', '-c'], { ...how, hear: cut, signal });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        throw new Unusable(`ipvsadm cannot list connections: ${error.message}`);
      }
    },
    async run(words, signal) {
      await run(words, signal);
    },
    async restore(calls, signal) {
      const input = calls.map((words) => `${words.join(' ')}\n`).join('');
      const ms = callMs + LINE_MS * calls.length;
      const { stderr } = await call(['--restore'], { input, ms, signal });
      // Its exit status is that of the last line.
      if (stderr !== '') throw new Refused(stderr);
    },
  };
}

/** What a call that went well printed. */
interface Said {
  readonly stdout: string;
  /** On one line. */
  readonly stderr: string;
}

function heed(
  ended: Ended,
  { program, ms }: { readonly program: string; readonly ms: number },
): Said {
  switch (ended.how) {
    case 'exit':
      return said(ended);
    case 'absent':
      throw new Unusable(
        unusable(ended.code) ?? `${program} cannot be run: ${ended.code}`,
      );
    case 'killed':
      throw new Unusable(`ipvsadm was ended by ${ended.signal}`);
    case 'late':
      throw new Unusable(`ipvsadm did not answer within ${ms / 1000} s ${BY_HAND}`);
    case 'flood':
      throw new Unusable(`ipvsadm printed more than any table has ${BY_HAND}`);
    default:
      return ended satisfies never;
  }
}

const BY_HAND = 'and was ended: "ipvsadm -L -n" by hand shows what holds it up';

function said({ status, stdout, stderr }: Extract<Ended, { how: 'exit' }>): Said {
  const words = oneLine(stderr);
  if (status === 0) return { stdout, stderr: words };
  const problem = unusable(words);
  if (problem !== undefined) throw new Unusable(problem);
  throw new Refused(words || `exit status ${status}`);
}

/** What cannot be read must not pass for an empty table: every service would be made anew.
 *  Source: ipvsadm(8), observed with 1.31. */
function aList(text: string): string {
  if (text.startsWith('IP Virtual Server version ') && text.endsWith('\n')) return text;
  const what = oneLine(text.slice(0, 80)) || 'nothing';
  throw new Unusable(
    `ipvsadm printed no list of virtual servers but "${what}": is it the one of this system?`,
  );
}
