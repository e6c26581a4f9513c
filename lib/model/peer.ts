/** Where a director speaks to another, or listens for it: an address without brackets, and a port. */
export interface PeerPlace {
  readonly address: string;
  readonly port: number;
}

/** `[peer]`: other directors of the same services, which are to know what this one knows. */
export interface PeerOptions {
  readonly listen: PeerPlace;
  readonly peers: readonly PeerPlace[];
  /** Absolute path; `parsePeerSecrets` reads it. */
  readonly secretFile: string;
}

/** The link to one other director. */
export interface PeerStatus {
  /** As the ini has it: `10.1.1.3:3210`. */
  readonly peer: string;
  /** Whether it hears this director, and whether it is heard. */
  readonly connected: boolean;
  readonly heard: boolean;
  /** When it was connected, or when it was lost or first tried; ISO 8601 in UTC. */
  readonly since: string;
  /** Entries, of persistence and of what was changed by hand, told to it and heard of it since the start. */
  readonly sent: number;
  readonly received: number;
  /** Entries that are on their way to it. */
  readonly behind: number;
  /** Those of its entries that were for services or servers unknown here, and there was no room to keep them. */
  readonly dropped: number;
  /** Why it is not connected; null: it is. */
  readonly problem: string | null;
}
