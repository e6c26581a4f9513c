/** What a ClientHello is to have. */
export interface HelloParts {
  /** Of the extension server_name; undefined: it has none. */
  readonly name?: string | undefined;
  /** Bytes of a key share in front of it, as a post-quantum one has. */
  readonly share?: number;
  readonly sessionId?: number;
  /** None at all, as clients of TLS 1.0 do. */
  readonly bare?: boolean;
  /** In the place of the one entry that `name` makes. */
  readonly names?: Buffer;
  /** With ECH: what names the inner ClientHello is encrypted in this many bytes. */
  readonly encrypted?: number;
  /** Bytes of its message that go into each record. */
  readonly record?: number;
}

/** A record, of a handshake unless told otherwise. */
export function tlsRecord(bytes: Uint8Array, type = 22): Buffer {
  return Buffer.concat([Buffer.of(type, 3, 1), sized(2, bytes)]);
}

/** With its length in front, in so many bytes. */
export function sized(lengthBytes: number, bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

/** An entry of the list in server_name. */
export function nameEntry(name: string | Buffer, kind = 0): Buffer {
  return Buffer.concat([Buffer.of(kind), sized(2, Buffer.from(name))]);
}

/** The message, without records. */
export function helloMessage(parts: HelloParts): Buffer {
  const { name, share = 32, sessionId = 32, bare = false, encrypted = 0 } = parts;
  const names = parts.names ?? (name === undefined ? undefined : nameEntry(name));
  const extensions = Buffer.concat([
    extension(0x0a0a, Buffer.alloc(0)),
    extension(51, Buffer.alloc(share, 7)),
    ...(encrypted > 0 ? [extension(0xfe0d, encryptedHello(encrypted))] : []),
    ...(names ? [extension(0, sized(2, names))] : []),
    extension(43, Buffer.of(4, 3, 4, 3, 3)),
  ]);
  const body = Buffer.concat([
    ...[Buffer.of(3, 3), Buffer.alloc(32, 9)],
    ...[sized(1, Buffer.alloc(sessionId, 5)), sized(2, Buffer.of(0x13, 1, 0xc0, 0x2b))],
    sized(1, Buffer.of(0)),
    ...(bare ? [] : [sized(2, extensions)]),
  ]);
  return Buffer.concat([Buffer.of(1), sized(3, body)]);
}

/** As a client sends it. */
export function clientHello(parts: HelloParts): Buffer {
  return inRecords(helloMessage(parts), parts.record);
}

export function inRecords(message: Buffer, size = 16_384): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size)
    records.push(tlsRecord(message.subarray(at, at + size)));
  return Buffer.concat(records);
}

/** The outer one's encrypted_client_hello: its kind, HPKE's KDF and AEAD, the key's number, the encapsulated key, and
 *  the inner ClientHello. Source: RFC 9849, 5. */
function encryptedHello(size: number): Buffer {
  const suite = Buffer.of(0, 1, 0, 1);
  const key = sized(2, Buffer.alloc(32, 3));
  return Buffer.concat([
    ...[Buffer.of(0), suite, Buffer.of(42), key, sized(2, Buffer.alloc(size, 0xa5))],
  ]);
}

function extension(type: number, data: Uint8Array): Buffer {
  const kind = Buffer.alloc(2);
  kind.writeUInt16BE(type);
  return Buffer.concat([kind, sized(2, data)]);
}
