import { attempt } from '../../lib/checks/attempt.ts';
import { chooseCheck } from '../../lib/checks/choose.ts';
import { createMatcher } from '../../lib/checks/matcher.ts';
import type { CheckResult, CheckTarget } from '../../lib/model/check.ts';
import { bytesOf, type FileEncoding } from '../../lib/model/file-text.ts';
import type { Log } from '../../lib/model/log.ts';
import type { Pattern } from '../../lib/model/pattern.ts';

/** A target on loopback with every field filled in; the test says what matters to it, its words as
 *  text: they become what a file in that encoding holds. */
export function checkTarget(
  fields: Partial<CheckTarget>,
  encoding: FileEncoding = 'utf8',
): CheckTarget {
  const words = BYTES.flatMap((name) => {
    const word = fields[name];
    return word === undefined ? [] : [[name, bytesOf(word, encoding)]];
  });
  return {
    family: 'inet',
    protocol: 'tcp',
    address: '127.0.0.1',
    port: 0,
    realPort: fields.port ?? 0,
    virtual: '192.0.2.10',
    virtualPort: 80,
    checktype: 'negotiate',
    service: 'http',
    request: '/',
    receive: undefined,
    httpmethod: 'GET',
    virtualhost: undefined,
    login: '',
    passwd: '',
    database: '',
    secret: '',
    checkcommand: '/bin/true',
    checkcount: 1,
    checktimeoutMs: 20_000,
    negotiatetimeoutMs: 20_000,
    tlsVerify: true,
    tlsCa: undefined,
    bodyLimit: 1_048_576,
    proxy: undefined,
    ...fields,
    ...Object.fromEntries(words),
  };
}

const BYTES = [
  'request',
  'virtualhost',
  'login',
  'passwd',
  'database',
  'secret',
] as const satisfies (keyof CheckTarget)[];

/** A pattern that means the same in Perl and JavaScript. */
export function pattern(source: string, flags = ''): Pattern {
  return { perl: source, source, flags };
}

/** Its threads hold up no exit. */
const matcher = createMatcher();

/** Makes one check as the runner does, and cleans up after it. */
export async function checkOnce(
  target: CheckTarget,
  stop: AbortSignal = new AbortController().signal,
): Promise<CheckResult> {
  const word = typeof target.checktype === 'number' ? 'negotiate' : target.checktype;
  const chosen = chooseCheck(target, word);
  if (chosen === undefined) throw new Error('nothing to check');
  const check = await chosen.load();
  const abort = new AbortController();
  const end = () => abort.abort(stop.reason);
  if (stop.aborted) end();
  stop.addEventListener('abort', end, { once: true });
  try {
    return await attempt({ target, chosen, check, matcher, graceMs: 5000, abort });
  } finally {
    stop.removeEventListener('abort', end);
    check.close?.();
  }
}

/** A log that nobody reads. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
