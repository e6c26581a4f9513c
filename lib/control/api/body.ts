import type { IncomingMessage } from 'node:http';
import { reasonOf } from '../../model/reason.ts';
import { refused } from '../routes.ts';
import { hint } from './query.ts';
import type { ObjectShape } from './shape.ts';

const MOST_BYTES = 16 << 10;
/** Told of one body. */
const MOST_ERRORS = 10;
const JSON_CONTENT = /^application\/json\s*(;|$)/i;

/** The body of a request, which must say that it is JSON. Nothing is read of one that is too large.
 *  How long it may take is the server's `requestTimeout`.
 *  @throws RequestRefused; Error when the client goes before it has said all */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!JSON_CONTENT.test(request.headers['content-type'] ?? ''))
    throw refused(
      415,
      'expected a body in JSON, with "content-type: application/json"',
    );
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
  return parse(await bytesOf(request));
}

function tooLarge() {
  return refused(413, `the body is longer than ${MOST_BYTES >> 10} KiB`);
}

function bytesOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= MOST_BYTES) return void pieces.push(piece);
      request.pause();
      reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(pieces)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client has gone')));
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const why = reasonOf(error);
    throw refused(400, `the body is no JSON: ${why}`);
  }
}

/** The value as an object of that shape: no field more, none wrong, and not empty.
 *  @throws RequestRefused that says what is wrong, ten things of many */
export function readObject<T>(shape: ObjectShape<T>, value: unknown): T {
  if (!shape.is(value)) throw refused(400, `the body: expected ${shape.expected}`);
  const given = Object.entries(value as object);
  const known = Object.keys(shape.fields);
  const missing = Object.entries(shape.fields).flatMap(
    ([name, { optional, expected }]) =>
      optional || Object.hasOwn(value as object, name)
        ? []
        : [`${name}: expected ${expected}`],
  );
  const wrong = given.flatMap(([name, field]) => {
    const form = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (!form) return [`unknown field "${name}"${hint(name, known)}`];
    return form.is(field)
      ? []
      : [`${name} = ${shown(field)}: expected ${form.expected}`];
  });
  const errors = [...wrong.slice(0, MOST_ERRORS), ...missing];
  if (given.length === 0 && errors.length === 0)
    errors.push(`the body: expected ${known.join(' or ')}`);
  if (errors.length > 0) throw refused(400, errors.join('; '), { errors });
  return value;
}

const LONGEST_SHOWN = 60;

/** What is in an object or list may be so deep that it cannot be written. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return '[...]';
  if (typeof value === 'object' && value !== null) return '{...}';
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}
