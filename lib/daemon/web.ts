import { readPem, type WebOptions } from '../config/web.ts';
import type { Identity, Web, WebSettings } from '../control/web/index.ts';
import { endpoint } from '../model/address.ts';
import { late } from '../model/late.ts';
import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';

/** The page, as the configuration in force wants it. */
export interface WebKeeper {
  /** Opens, moves, changes or closes it. What goes wrong is logged and tried again: traffic does not
   *  depend on it. Never rejects.
   *  @param options  undefined: there is to be none */
  follow(options: WebOptions | undefined): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

const AGAIN_MS = 10_000;
const SOON_MS = 100;

/** @param parties     what the page works with; it is loaded when one is wanted
 *  @param patienceMs  from the first try on, in which its place may still be another director's, who is
 *                     about to let go of it */
export function keepWeb(
  parties: Pick<WebSettings, 'status' | 'desk' | 'log'>,
  patienceMs = 0,
): WebKeeper {
  const { log } = parties;
  let open: { readonly place: string; readonly web: Web } | undefined;
  let again: NodeJS.Timeout | undefined;
  let last = Promise.resolve();
  let closed = false;
  let patientUntil: number | undefined;

  async function shut(): Promise<void> {
    const { web } = open ?? {};
    open = undefined;
    await web?.close();
  }

  async function serve(options: WebOptions, place: string): Promise<void> {
    const tls = options.tls && identityOf(options.tls);
    if (!open) {
      const { createWeb } = await late(() => import('../control/web/index.ts'));
      open = { place, web: await createWeb({ ...parties, ...options, tls }) };
      log.info(`Page at ${place}`);
    }
    open.web.users(options.users);
    if (tls) open.web.identity(tls);
  }

  async function become(options: WebOptions | undefined): Promise<void> {
    clearTimeout(again);
    if (closed) return;
    const place = options && placeOf(options);
    if (open?.place !== place) await shut();
    if (!options || place === undefined) return;
    patientUntil ??= performance.now() + patienceMs;
    await serve(options, place).catch((error: unknown) => {
      const isPatient = isTaken(error) && performance.now() < (patientUntil ?? 0);
      if (!isPatient) tellOf(error, place, log);
      const pauseMs = isPatient ? SOON_MS : AGAIN_MS;
      again = setTimeout(() => void follow(options), pauseMs);
    });
  }

  function follow(options: WebOptions | undefined): Promise<void> {
    last = last.then(() => become(options));
    return last;
  }

  return {
    follow,
    async close() {
      closed = true;
      clearTimeout(again);
      await last;
      await shut();
    },
  };
}

function placeOf({ listen, tls }: WebOptions): string {
  return `http${tls ? 's' : ''}://${endpoint(listen.address, listen.port)}/`;
}

/** @throws when they can no longer be read */
function identityOf({ certificate, key }: NonNullable<WebOptions['tls']>): Identity {
  return { cert: readPem(certificate), key: readPem(key) };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function tellOf(error: unknown, place: string, log: Log): void {
  const why = reasonOf(error);
  log.error(`Page at ${place} cannot be shown: ${why}; trying again in 10 s`);
}
