import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { TimeLimit } from '../model/time-limit.ts';
import { trusting } from '../model/trust.ts';
import type { ServiceOptions } from '../model/virtual-service.ts';
import { LARGEST_SECRET, webhookSecret } from '../model/webhook-secret.ts';
import type { Attempt, Hook } from './hook.ts';
import type { Message } from './message.ts';
import { post } from './post.ts';
import type { Receiver } from './receivers.ts';
import { reasonOf } from './route.ts';
import { signatureHeaders } from './signature.ts';
import { attemptOf } from './webhook-status.ts';

/** How a service's webhook is set. */
export type WebhookOptions = Pick<
  ServiceOptions,
  'webhookSecretFile' | 'webhookCa' | 'webhookTimeoutMs' | 'webhookRetryForMs'
>;

/** Posts messages as JSON to that URL, signed where there is a secret. The secret is read anew for each, so
 *  that it can be replaced without a reload.
 *  @param receiver  the server that the URL names
 *  @param lookup    how its name is looked up; undefined: by Node */
export function createWebhook(
  url: string,
  options: WebhookOptions,
  receiver: Receiver,
  lookup?: LookupFunction,
): Hook {
  const { webhookTimeoutMs: timeoutMs, webhookRetryForMs: keepMs } = options;
  const target = new URL(url);

  async function attempt(message: Message, cut: AbortSignal): Promise<Attempt> {
    if (cut.aborted) return failed(cut.reason);
    using limit = new TimeLimit(timeoutMs, cut);
    try {
      const body = Buffer.from(JSON.stringify(message));
      const headers = await headersFor(body, options.webhookSecretFile);
      const { status, retryAfter } = await post({
        ...{ url: target, body, headers, lookup, agent: receiver.agent },
        secureContext:
          target.protocol === 'https:' ? await trusting(options.webhookCa) : undefined,
        signal: limit.signal,
      });
      return attemptOf(status, retryAfter, Date.now());
    } catch (error) {
      if (cut.aborted) return failed(cut.reason);
      const isLate = limit.signal.aborted;
      return failed(isLate ? `no answer within ${timeoutMs / 1000} s` : error);
    }
  }

  return {
    name: target.origin,
    keepMs,
    send: (message, cut) => receiver.gate.pass(() => attempt(message, cut)),
  };
}

function failed(error: unknown): Attempt {
  return { taken: false, again: true, reason: reasonOf(error) };
}

async function headersFor(body: Buffer, secretFile: string | undefined) {
  const headers = { 'content-type': 'application/json', 'user-agent': 'l4director' };
  if (secretFile === undefined) return headers;
  const secret = await readSecret(secretFile);
  return { ...headers, ...signatureHeaders(secret, body, Date.now()) };
}

async function readSecret(path: string): Promise<Buffer> {
  try {
    // Opening a pipe would otherwise wait for its writer.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST_SECRET + 1));
    return webhookSecret(buffer.subarray(0, bytesRead));
  } catch (cause) {
    throw new Error(`webhook-secret-file ${path}: ${reasonOf(cause)}`, { cause });
  }
}
