import type { Check, CheckTarget } from '../model/check.ts';
import { parted } from './goodbye.ts';
import { type LineSocket, openLines } from './line-socket.ts';
import { describe } from './message.ts';
import { secretsOf } from './secrets.ts';
import { peerOf } from './socket.ts';
import { tlsSettings } from './tls.ts';

/** A service that is spoken in lines. */
export interface LineService {
  /** Its name where all of it is over TLS. */
  readonly secureName?: string;
  /** All that decides: resolves with what came, for people, or rejects with what was
   *  expected and what came. */
  talk(lines: LineSocket, target: CheckTarget): Promise<string>;
  /** The last word, and the line that answers it. */
  readonly goodbye: { readonly send: string; readonly answer: RegExp };
}

/** The check of that service: on a connection of its own, up when `talk` resolves. The goodbye
 *  comes after the verdict and never changes it. */
export function lineCheck({ secureName, talk, goodbye }: LineService): Check {
  return async (target, { signal }) => {
    try {
      const tls =
        target.service === secureName
          ? await tlsSettings(target, target.virtualhost)
          : undefined;
      const secrets = secretsOf(target);
      using lines = await openLines({ ...peerOf(target), tls, secrets }, signal);
      const came = await talk(lines, target);
      const well = await parted(answer(lines, goodbye));
      return { up: true, message: well ? came : `${came}; no answer to the goodbye` };
    } catch (error) {
      return { up: false, message: describe(error) };
    }
  };
}

async function answer(
  lines: LineSocket,
  { send, answer: wanted }: LineService['goodbye'],
): Promise<void> {
  lines.send(send);
  while (!wanted.test(await lines.read('an answer')));
}
