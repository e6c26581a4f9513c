import type { RefusalAnswer, SessionInfo } from '../wire.ts';

/** The server said no, or did not answer; in words for the user. */
export class Refusal extends Error {
  /** 0: there was no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const PATIENCE_MS = 15_000;

/** Asks our server.
 *  @param session  whose secret goes along with a change
 *  @throws Refusal */
export async function ask<T>(
  method: 'GET' | 'PATCH' | 'POST',
  path: string,
  { body, session }: { body?: object; session?: SessionInfo } = {},
): Promise<T> {
  const answer = await fetch(path, {
    method,
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(session ? { 'x-csrf-token': session.csrf } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch(() => {
    throw new Refusal(0, 'the director does not answer');
  });
  const told: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw new Refusal(answer.status, wordsOf(told) ?? answer.statusText);
  return told as T; // the contract of wire.ts
}

function wordsOf(told: unknown): string | undefined {
  const { error }: Partial<RefusalAnswer> =
    typeof told === 'object' && told !== null ? told : {};
  return error;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
