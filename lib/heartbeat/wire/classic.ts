import { type Field, isFieldName, MESSAGE_LIMITS, type Message } from './message.ts';

/** Heartbeat's older form, a line for each field: taken from peers, written to the FIFO, and signed in the
 *  field `auth` of both forms. Source: observed on Heartbeat 3.0.6. */
export const CLASSIC_HEAD = '>>>\n';
export const CLASSIC_TAIL = '<<<\n';

const BYTES_MARK = '(1)';
/** What stands for a line's end within a value. */
const LINE_END = '\x13';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The lines, without head and tail: what the field `auth` signs. */
export function classicLines(message: Message): string {
  return message.map(([name, value]) => classicLine(name, value)).join('');
}

/** The whole message; a NUL follows the tail. */
export function encodeClassic(message: Message): Buffer {
  const text = `${CLASSIC_HEAD}${classicLines(message)}${CLASSIC_TAIL}\0`;
  return Buffer.from(text, 'latin1');
}

/** @param lines  without head and tail, each with its end
 *  @returns undefined: they are none */
export function decodeClassic(lines: string): Message | undefined {
  if (lines !== '' && !lines.endsWith('\n')) return undefined;
  const parts = lines.split('\n').slice(0, -1);
  if (parts.length > MESSAGE_LIMITS.fields) return undefined;
  const fields: Field[] = [];
  for (const part of parts) {
    const field = decodeLine(part);
    if (!field) return undefined;
    fields.push(field);
  }
  return fields;
}

function classicLine(name: string, value: string | Uint8Array): string {
  return typeof value === 'string'
    ? `${name}=${value.replaceAll('\n', LINE_END)}\n`
    : `${BYTES_MARK}${name}=${Buffer.from(value).toString('base64')}\n`;
}

function decodeLine(line: string): Field | undefined {
  const isBytes = line.startsWith(BYTES_MARK);
  const start = isBytes ? BYTES_MARK.length : 0;
  const equals = line.indexOf('=', start);
  const name = line.slice(start, Math.max(start, equals));
  if (equals < 0 || !isFieldName(name)) return undefined;
  const value = line.slice(equals + 1);
  if (!isBytes) return [name, value.replaceAll(LINE_END, '\n')];
  return BASE64.test(value) ? [name, Buffer.from(value, 'base64')] : undefined;
}
