import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../model/child-environment.ts';
import { TimeLimit } from '../model/time-limit.ts';
import { within } from '../model/within.ts';
import { withoutRights } from '../model/without-rights.ts';
import { signalGroup } from './command.ts';
import { type Letter, letterOf } from './letter.ts';
import { type Delivery, type Route, reasonOf } from './route.ts';

/** How long it may take to take one mail. */
const TIMEOUT_MS = 30_000;
const SAID_LIMIT = 1000;
/** For its last words after its exit. */
const FLUSH_MS = 200;

/** Where it is looked for after PATH, which a service manager may keep short. */
const PLACES = ['/usr/sbin', '/usr/lib'];

/** Through the local mailer: `sendmail -i -f FROM -- TO ...`, the mail on its standard input.
 *  Past its time it is killed, and with it what it started. */
export function sendmailRoute(timeoutMs = TIMEOUT_MS): Route {
  return {
    what: 'email message',
    name: 'sendmail',
    async send(mails, told, signal) {
      const program = find();
      for (const mail of mails) {
        if (signal.aborted) throw signal.reason;
        const letter = letterOf(mail);
        using limit = new TimeLimit(timeoutMs, signal);
        told(mail, await deliver(program, letter, limit.signal));
      }
    },
  };
}

function find(): string {
  const folders = [...(process.env.PATH ?? '').split(':'), ...PLACES];
  for (const folder of folders.filter((folder) => folder.startsWith('/'))) {
    const program = join(folder, 'sendmail');
    try {
      accessSync(program, constants.X_OK);
      return program;
    } catch {
      // perhaps in the next
    }
  }
  throw new Error(
    'there is no sendmail program; install a mailer such as postfix, or name a mail server by "smtp = mail.example.com"',
  );
}

async function deliver(
  program: string,
  { from, to, message }: Letter,
  signal: AbortSignal,
): Promise<Delivery> {
  if (to.length === 0)
    return { taken: false, again: false, reason: 'no address in emailalert' };
  const args = ['-i', ...(from === '' ? [] : ['-f', from]), '--', ...to];
  try {
    const child = spawn(...withoutRights(program, args), {
      env: childEnvironment(),
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
    });
    const problem = await feed(child, message, signal);
    return problem === undefined
      ? { taken: true }
      : { taken: false, again: true, reason: problem };
  } catch (error) {
    return { taken: false, again: true, reason: reasonOf(error) };
  }
}

/** @returns why it did not take the message; undefined: it did */
async function feed(
  child: ChildProcess,
  message: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    said = `${said}${text}`.slice(0, SAID_LIMIT);
  });
  child.stdin?.on('error', () => {}); // its exit tells
  child.stdin?.end(message);
  const kill = () => signalGroup(child.pid, 'SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const closed = once(child, 'close').catch(() => []);
  try {
    const [code, name] = await once(child, 'exit');
    if (code === 0) return undefined;
    if (signal.aborted) return `${reasonOf(signal.reason)}, killed`;
    // A child of its own may hold the pipe for ever.
    await within(FLUSH_MS, closed, () => []);
    const how = name === null ? `exit status ${code}` : `killed by ${name}`;
    return reasonOf(said === '' ? how : `${how}: ${said}`);
  } finally {
    signal.removeEventListener('abort', kill);
    child.stderr?.destroy();
  }
}
