import { NotFound, NotPossible } from '../../director/desk.ts';

/** Why a request is not served, in words for who made it. */
export class Refused extends Error {
  readonly status: 400 | 401 | 403 | 415 | 421 | 429 | 503;

  constructor(status: Refused['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/** The status of an answer to what went wrong; undefined: that was not foreseen. */
export function statusOf(error: unknown): Refused['status'] | 404 | 409 | undefined {
  if (error instanceof Refused) return error.status;
  if (error instanceof NotFound) return 404;
  return error instanceof NotPossible ? 409 : undefined;
}
