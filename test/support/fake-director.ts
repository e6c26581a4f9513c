import { renameSync, rmSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import type { DirectorEvent, Happening } from '../../lib/model/event.ts';
import type { Override, Wish } from '../../lib/model/override.ts';
import type {
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../../lib/model/status.ts';
import { socketPath } from './socket-path.ts';

const BY = 'uid 0 (root)';

/** Answers on a control socket as docs/control.md says, of a state that the test sets. */
export class FakeDirector {
  /** For `--runtime-dir`; its config is called x.cf. */
  readonly folder: string;
  document: StatusDocument;
  /** What came, as `PATCH /v1/...`. */
  readonly requests: string[] = [];
  /** Wishes and orders in their order. */
  readonly bodies: unknown[] = [];
  /** Connections that it lists, beside those that its document counts. */
  listed = 0;
  #events: DirectorEvent[] = [];
  readonly #followers = new Set<ServerResponse>();
  readonly #path: string;
  #server: Server | undefined;
  #started = 0;

  private constructor(t: Test, document: StatusDocument) {
    this.folder = dirname(socketPath(t));
    this.#path = join(this.folder, 'l4director.x.cf.sock');
    this.document = document;
  }

  /** Open until the test ends. */
  static async open(t: Test, document: StatusDocument): Promise<FakeDirector> {
    const director = new FakeDirector(t, document);
    await director.start();
    t.teardown(() => director.stop());
    return director;
  }

  async start(): Promise<void> {
    const server = createServer((asked, answer) => void this.#answer(asked, answer));
    this.#server = server;
    // A server that closes removes the name that it was made with, be it another's by now.
    const draft = `${this.#path}.${++this.#started}`;
    await new Promise<void>((resolve) => server.listen(draft, resolve));
    renameSync(draft, this.#path);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    rmSync(this.#path, { force: true });
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** As at an upgrade: another process answers there before this one lets go who waits. */
  async succeed(pid: number): Promise<void> {
    const server = this.#server;
    await this.start();
    this.document = { ...this.document, pid };
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  /** Forgets its events and answers as another process. */
  async restart(pid: number): Promise<void> {
    await this.stop();
    this.#events = [];
    this.document = { ...this.document, pid };
    await this.start();
  }

  happens(what: Happening): void {
    const id = this.#events.length + 1;
    const event = { ...what, id, at: '2026-11-26T07:00:00.000Z' } as DirectorEvent;
    this.#events.push(event);
    for (const follower of this.#followers) follower.write(framed(event));
  }

  /** Sets fields of a real server. */
  setReal(service: string, real: string, fields: Partial<RealStatus>): void {
    const changed = (one: RealStatus) =>
      one.id === real ? { ...one, ...fields } : one;
    this.#setService(service, (of) => ({ ...of, reals: of.reals.map(changed) }));
  }

  #setService(id: string, change: (of: ServiceStatus) => ServiceStatus): void {
    const services = this.document.services.map((one) =>
      one.id === id ? change(one) : one,
    );
    this.document = { ...this.document, services };
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(asked.url ?? '/', 'http://l4director');
    this.requests.push(`${asked.method} ${decodeURIComponent(url.pathname)}`);
    let text = '';
    for await (const piece of asked) text += piece;
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (body !== undefined) this.bodies.push(body);
    if (url.pathname === '/v1/status') return json(answer, this.document);
    if (url.pathname === '/v1/connections')
      return json(answer, { connections: [], total: this.listed });
    if (url.pathname === '/v1/events') return this.#tell(asked, url, answer);
    const [, service = '', real = '', drain] =
      /^\/v1\/services\/([^/]+)\/reals\/([^/]+)(\/drain)?$/
        .exec(url.pathname)
        ?.map((part) => decodeURIComponent(part ?? '')) ?? [];
    const found = this.#find(service, real);
    if (found === undefined) return json(answer, { error: `no ${real}` }, 404);
    if (drain === '') return json(answer, this.#change(found, body as Wish));
    await this.#drain(found, answer);
  }

  #find(service: string, real: string) {
    const own = this.document.services.find(({ id }) => id === service);
    const one = own?.reals.find(({ id }) => id === real);
    return own && one ? { service, real, one } : undefined;
  }

  #change(
    { service, real, one }: { service: string; real: string; one: RealStatus },
    wish: Wish,
  ) {
    const before = one.override;
    const now: Override = {
      state: wish.state ?? before?.state ?? 'ready',
      weight: wish.weight === undefined ? (before?.weight ?? null) : wish.weight,
      by: BY,
      since: '2026-11-26T07:00:00.000Z',
    };
    const after = now.state === 'ready' && now.weight === null ? null : now;
    const state = now.state === 'ready' ? 'up' : now.state;
    const weight = state === 'up' ? (now.weight ?? one.configuredWeight) : 0;
    this.setReal(service, real, { override: after, state, weight });
    return { service, real, before, after };
  }

  /** Answers when the test has taken its connections away, or another process has its place. */
  async #drain(
    found: { service: string; real: string; one: RealStatus },
    answer: ServerResponse,
  ): Promise<void> {
    this.#change(found, { state: 'drain' });
    const { pid } = this.document;
    const left = () => this.#find(found.service, found.real)?.one.activeConnections;
    while (left() !== 0 && !answer.destroyed && this.document.pid === pid)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const error = `${found.real}: the director has handed over`;
    if (this.document.pid !== pid) return json(answer, { error }, 409);
    json(answer, { ended: 1, forgotten: 2, seconds: 3.4 });
  }

  #tell(asked: IncomingMessage, url: URL, answer: ServerResponse): void {
    const since = Number(url.searchParams.get('since') ?? 0);
    const events = this.#events.filter(({ id }) => id > since);
    if (asked.headers.accept === 'application/json') {
      json(answer, { events });
      return;
    }
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.write(': here\n\n');
    for (const event of events) answer.write(framed(event));
    this.#followers.add(answer);
    answer.on('close', () => this.#followers.delete(answer));
  }
}

function framed(event: DirectorEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function json(answer: ServerResponse, body: object, status = 200): void {
  answer.writeHead(status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify(body));
}
