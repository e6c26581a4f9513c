import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { reasonOf } from '../model/reason.ts';
import { LARGEST_SECRET, webhookSecret } from '../model/webhook-secret.ts';
import { expected } from './values.ts';

// What the keys of [alerts] may be; as in ini-values.ts.

const LONGEST_URL = 2000;
const URL_EXAMPLE = 'https://hooks.example.com/l4director';

/** An http or https URL as Node writes it; undefined for `no`. It may be a secret itself: no message
 *  holds it. */
export function webhook(text: string): string | undefined {
  if (text === 'no') return undefined;
  const url = URL.canParse(text) && text.length <= LONGEST_URL ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(text))
    return expected('no, or an http or https URL', URL_EXAMPLE);
  if (url.username !== '' || url.password !== '')
    return expected(
      'a URL without a login: what is sent is signed with webhook-secret-file',
      URL_EXAMPLE,
    );
  if (url.hash !== '')
    return expected('a URL without a fragment: no server would see it', URL_EXAMPLE);
  return url.href;
}

const SECRET_EXAMPLE = '/etc/l4director/webhook.secret';

/** Path of a file with a secret, which is looked into. */
export function secretFile(text: string): string | undefined {
  if (!isAbsolute(text)) return expected('an absolute path', SECRET_EXAMPLE);
  const bytes = readSmall(text) ?? expected('a file that can be read', SECRET_EXAMPLE);
  try {
    webhookSecret(bytes);
    return text;
  } catch (error) {
    const why = reasonOf(error);
    return expected(
      `a file with a secret of 16 to ${LARGEST_SECRET} bytes (it has ${why}); make one by "openssl rand -hex 32"`,
      SECRET_EXAMPLE,
    );
  }
}

/** Only a regular file: reading a pipe could wait for ever. A byte too many tells that there are more. */
function readSmall(path: string): Buffer | undefined {
  try {
    const found = statSync(path);
    if (!found.isFile()) return undefined;
    return found.size > LARGEST_SECRET
      ? Buffer.alloc(LARGEST_SECRET + 1)
      : readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Absolute path of a program that can be run; undefined for `no`. */
export function program(text: string): string | undefined {
  if (text === 'no') return undefined;
  const example = '/usr/local/sbin/on-change';
  if (!isAbsolute(text))
    return expected('no, or the absolute path of a program', example);
  if (!canRun(text))
    return expected(
      'no, or a program that can be run, alone: no arguments, no shell',
      example,
    );
  return text;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
