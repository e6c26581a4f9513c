/** What l4director uses of net-ping 1.2.4, which has no types of its own. */
declare module 'net-ping' {
  import type { EventEmitter } from 'node:events';

  interface SessionOptions {
    /** 1 = IPv4, 2 = IPv6. */
    readonly networkProtocol: 1 | 2;
    /** ICMP header and data, in bytes; 12 at least. */
    readonly packetSize: number;
    readonly retries: number;
    /** Identifier in the packets: 1 to 65,534. */
    readonly sessionId: number;
  }

  interface Session extends EventEmitter {
    /** Milliseconds; taken for a request when pingHost is called. */
    timeout: number;
    /** The callback's first argument is null when an echo came. */
    pingHost(target: string, callback: (error: Error | null) => void): this;
    close(): this;
  }

  const netPing: {
    /** Throws when no raw socket is to be had. */
    createSession(options: SessionOptions): Session;
  };
  export = netPing;
}
