import { type Field, isFieldName, MESSAGE_LIMITS, type Message } from './message.ts';

/** The form in which Heartbeat sends by UDP: `###`, then each field with its length before it, then `%%%`,
 *  and the signature behind that. Source: observed on Heartbeat 3.0.6. */
export const NETSTRING_HEAD = '###\n';
export const NETSTRING_TAIL = '%%%\n';

const LENGTH_DIGITS = 5;
const COLON = 0x3a;
const COMMA = 0x2c;
const EQUALS = 0x3d;
/** `(0)`, `(1)`. */
const KIND_BYTES = 3;
const KINDS: ReadonlyMap<string, 'text' | 'bytes'> = new Map([
  ['(0)', 'text'],
  ['(1)', 'bytes'],
]);

/** From the head to the tail, both included: what is signed. */
export function encodeNetstring(message: Message): Buffer {
  const fields = message.map(([name, value]) => {
    const isText = typeof value === 'string';
    const head = Buffer.from(`(${isText ? 0 : 1})${name}=`, 'latin1');
    const body = isText ? Buffer.from(value, 'latin1') : value;
    const length = Buffer.from(`${head.length + body.length}:`, 'latin1');
    return Buffer.concat([length, head, body, Buffer.of(COMMA)]);
  });
  return Buffer.concat([
    Buffer.from(NETSTRING_HEAD),
    ...fields,
    Buffer.from(NETSTRING_TAIL),
  ]);
}

/** @param data  as {@link encodeNetstring} makes it
 *  @returns undefined: it is none, or has fields of a kind that no message here has (structures, lists,
 *           compressed ones) */
export function decodeNetstring(data: Buffer): Message | undefined {
  const body = data.subarray(NETSTRING_HEAD.length, -NETSTRING_TAIL.length);
  const fields: Field[] = [];
  for (let at = 0; at < body.length; ) {
    const part = cut(body, at);
    const field = part && decodeField(part);
    if (!field || fields.length === MESSAGE_LIMITS.fields) return undefined;
    fields.push(field);
    at = part.byteOffset - body.byteOffset + part.length + 1;
  }
  return fields;
}

/** The string that has its length before it there, and a comma behind it. */
function cut(data: Buffer, at: number): Buffer | undefined {
  const colon = data.indexOf(COLON, at);
  if (colon < 0 || colon - at > LENGTH_DIGITS) return undefined;
  const digits = data.toString('latin1', at, colon);
  if (!/^[1-9]\d*$/.test(digits)) return undefined;
  const to = colon + 1 + Number(digits);
  return data[to] === COMMA ? data.subarray(colon + 1, to) : undefined;
}

function decodeField(data: Buffer): Field | undefined {
  const kind = KINDS.get(data.toString('latin1', 0, KIND_BYTES));
  const equals = data
    .subarray(0, KIND_BYTES + MESSAGE_LIMITS.nameBytes + 1)
    .indexOf(EQUALS);
  if (!kind || equals < 0) return undefined;
  const name = data.toString('latin1', KIND_BYTES, equals);
  if (!isFieldName(name)) return undefined;
  const value = data.subarray(equals + 1);
  return [name, kind === 'text' ? value.toString('latin1') : value];
}
