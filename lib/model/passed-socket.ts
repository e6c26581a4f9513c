/** A socket that listens on TCP and that whoever started the director has opened for it, as systemd does. The
 *  descriptor is never adopted: who adopts a duplicate may close that, and the socket stays open. */
export interface PassedSocket {
  readonly descriptor: number;
  /** Numeric, IPv6 in its shortest form. */
  readonly address: string;
  readonly port: number;
}
