import type { RemoteInfo } from 'node:dgram';
import { addressBytes } from '../../../../model/address-bytes.ts';
import type { Client } from '../../../../model/scheduler.ts';

/** The sender of a datagram as schedulers see it. */
export class DatagramClient implements Client {
  readonly host: string;
  readonly port: number;

  constructor({ address, port }: RemoteInfo) {
    this.host = address;
    this.port = port;
  }

  get address(): Uint8Array {
    return addressBytes(this.host);
  }
}

/** What tells one sender from another at one door. */
export function nameOf({
  address,
  port,
}: Pick<RemoteInfo, 'address' | 'port'>): string {
  return `${address} ${port}`;
}
