import { reasonOf } from '../model/reason.ts';

/** The director answered, and refused. The message is in words for the operator. */
export class Refused extends Error {
  /** HTTP's: 400 not understood, 403 read-only, 404 not there, 409 not possible, 422 a bad file,
   *  503 no answer. */
  readonly status: number;
  /** Where there are several reasons: one each. */
  readonly errors: readonly string[];

  constructor(status: number, message: string, errors: readonly string[] = []) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

/** What answered is no director, or one of another time. The message names the socket. */
export class Strange extends Error {
  constructor(socketPath: string) {
    super(`${socketPath} did not answer as a director does`);
  }
}

/** A director gives ten reasons at most, and says how many more there are. */
const MOST_REASONS = 100;
const MOST_CHARACTERS = 16 << 10;

function inShort(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;
}

/** What an answer other than 200 says. */
export function refused(status = 0, text: string): Refused {
  try {
    const { error, errors }: { error?: unknown; errors?: unknown } = JSON.parse(text);
    if (typeof error === 'string') {
      const all = Array.isArray(errors) ? errors.slice(0, MOST_REASONS) : [];
      return new Refused(status, inShort(error), all.map(String).map(inShort));
    }
  } catch {
    // no JSON: another's
  }
  return new Refused(status, `answered ${status}: ${text.slice(0, 200)}`);
}

/** Node's code of an error. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Nobody listens there; EINVAL: nobody could, at a path so long. Older Nodes cut that off. */
const NOBODY: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ENOTSOCK',
  'EINVAL',
]);

/** In words for the operator: why there is no answer. */
export function explain(error: unknown, socketPath: string, timeoutMs: number): string {
  const code = codeOf(error);
  if (NOBODY.has(code))
    return `no director is running: nobody listens on ${socketPath}`;
  if (code === 'EACCES')
    return `no permission for ${socketPath}; run as root or as the director's user or group`;
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return `the director on ${socketPath} has ended the connection`;
  if (error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name))
    return `the director does not answer on ${socketPath} within ${timeoutMs / 1000} s`;
  return `${socketPath}: ${reasonOf(error)}`;
}
