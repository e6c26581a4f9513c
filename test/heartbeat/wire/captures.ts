import { readdirSync, readFileSync } from 'node:fs';

/** What was recorded between two nodes of Heartbeat 3.0.6; from 20 on one of them was another program
 *  that speaks the same. */
const FOLDER = new URL('../../../../test/heartbeat/captures/', import.meta.url);

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const UDP = 17;
const UDP_HEADER_BYTES = 8;
export const HEARTBEAT_PORT = 694;

export interface Captured {
  /** The file's, without its ending. */
  readonly capture: string;
  /** Milliseconds, of that host's clock. */
  readonly at: number;
  readonly datagram: Buffer;
}

/** Every datagram to Heartbeat's port, in the order of files and time. */
export function captured(): Captured[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.pcap'));
  return names.sort().flatMap((name) =>
    datagrams(readFileSync(new URL(name, FOLDER))).map((sent) => ({
      capture: name.slice(0, -'.pcap'.length),
      ...sent,
    })),
  );
}

function datagrams(file: Buffer): Omit<Captured, 'capture'>[] {
  const found: Omit<Captured, 'capture'>[] = [];
  for (let at = FILE_HEADER_BYTES; at < file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const start = at + RECORD_HEADER_BYTES;
    const datagram = datagramOf(file.subarray(start, start + length));
    const ms = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
    if (datagram) found.push({ at: ms, datagram });
    at = start + length;
  }
  return found;
}

function datagramOf(frame: Buffer): Buffer | undefined {
  const packet = frame.subarray(ETHERNET_BYTES);
  if (frame.readUInt16BE(12) !== 0x0800 || packet[9] !== UDP) return undefined;
  const datagram = packet.subarray(
    ((packet[0] ?? 0) & 0x0f) * 4,
    packet.readUInt16BE(2),
  );
  if (datagram.readUInt16BE(2) !== HEARTBEAT_PORT) return undefined;
  return datagram.subarray(UDP_HEADER_BYTES);
}
