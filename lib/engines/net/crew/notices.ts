import type { NoticeKind } from '../protocol.ts';

const QUIET_MS = 60_000;

const WORDS: Readonly<Record<NoticeKind, (about: string) => string>> = {
  'source-ports': (about) =>
    `No source port left for connections from ${about}: another server is tried. Widen net.ipv4.ip_local_port_range, set net.ipv4.tcp_tw_reuse=1, or give this host more addresses`,
  'own-address': (about) =>
    `An address of source is not one of this host's, for connections from ${about}: another one is tried. Give it to an interface, or take it out of l4director.ini`,
  full: (about) =>
    `No file descriptors left for more connections (${about}): new ones are reset until some end. Raise the limit of open files (LimitNOFILE= in the unit, or ulimit -n)`,
  sessions: (about) =>
    `As many UDP sessions as there may be (${about}): for each new one the oldest ends. Shorten udp-idle-timeout, or raise the limit of open files (LimitNOFILE= in the unit, or ulimit -n)`,
  source: (about) =>
    `More connections from one source than source-connections or source-rate allow (${about}): what is beyond is reset`,
  accept: (about) =>
    `A connection could not be accepted (${about}): the listener goes on; it is memory or descriptors that this host is short of`,
  header: (about) =>
    `A connection was closed for want of a good PROXY header (${about}). Whoever connects from an address of accept-proxy must send one, its health checks too; take the address out of the list if it does not`,
  hello: (about) =>
    `A connection was closed for want of a TLS ClientHello that could be read (${about}). The service has sni, so its clients must speak first; raise sni-timeout if they are slow`,
  question: (about) =>
    `Defect: a worker thread could not say what goes through it (${about}); it goes on`,
  move: (about) =>
    `A listener could not be handed to the worker thread where its service lives now, and is opened anew (${about}): who waited at it is reset. Its child process could not be started: look for want of memory or processes`,
  stuck: (about) =>
    `Worker thread ${about} hangs in what cannot be interrupted, as a disk that does not answer: clients that the kernel gives it wait. Only a restart mends that (a service manager with a watchdog makes one)`,
  worker: (about) =>
    `A worker thread ended (${about}): its connections are lost, its listeners are being opened again`,
};

/** Lines about the engine itself, each kind at most once a minute. */
export class Notices {
  readonly #clock: () => number;
  readonly #saidAt = new Map<NoticeKind, number>();

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** @returns undefined when one of the kind was said within the last minute */
  line(kind: NoticeKind, about: string): string | undefined {
    const now = this.#clock();
    if (now - (this.#saidAt.get(kind) ?? -Infinity) < QUIET_MS) return undefined;
    this.#saidAt.set(kind, now);
    return WORDS[kind](about);
  }
}
