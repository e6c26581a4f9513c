import type { LookupFunction } from 'node:net';
import { hostname, userInfo } from 'node:os';
import type { CheckReport } from '../model/check.ts';
import type { Log } from '../model/log.ts';
import type { StatusDocument } from '../model/status.ts';
import type { RealServer, VirtualService } from '../model/virtual-service.ts';
import { type Courier, createCourier } from './courier.ts';
import type { Digest } from './digest.ts';
import { createHooks, type Hooks } from './hooks.ts';
import { mailOf, mailSubject, type Sender } from './mail.ts';
import { createMonitorFiles, type OpenLineFile } from './monitor-files.ts';
import { isMonitored, monitorLine } from './monitor-line.ts';
import type { Notice, Subject } from './notice.ts';
import { sendmailRoute } from './sendmail-route.ts';
import { ServiceMails } from './service-mails.ts';
import { smtpRoute } from './smtp-route.ts';
import type { StateChange } from './state-change.ts';

/** Tells people and programs what happens in the virtual services: mail, webhooks, commands, monitor files. Each call returns
 *  at once and never throws. */
export interface Alerts {
  /** Start and reload: the services as they are from now on. What waits for a digest of one that
   *  is gone is sent. */
  follow(services: readonly VirtualService[]): void;
  /** @param about  the real server that it is about; undefined: none */
  tell(service: VirtualService, notice: Notice, about: Subject | undefined): void;
  /** A check of one of its real servers has ended. */
  checked(service: VirtualService, real: RealServer, report: CheckReport): void;
  /** It or one of its real servers took another state. */
  changed(service: VirtualService, change: StateChange): void;
  status(): Pick<StatusDocument, 'mail' | 'webhooks' | 'alertCommands'>;
  /** The director has handed over. Nobody is reminded any more: that is the successor's. Webhooks and commands take
   *  nothing more, and what waits of them is tried as long as they say. Settles when that is over, or at the abort. */
  tellAll(hurry: AbortSignal): Promise<void>;
  /** Sends and writes what waits, within 5 s. */
  close(): Promise<void>;
}

/** What alerts need. */
export interface AlertParts {
  readonly log: Log;
  readonly openFile: OpenLineFile;
  /** How a mail server's name is looked up. */
  readonly lookup?: LookupFunction;
  /** Tests give their own. */
  readonly courier?: Courier;
  readonly sender?: Sender;
}

const CLOSE_MS = 5_000;

export function createAlerts({
  log,
  openFile,
  lookup,
  sender = thisHost(),
  courier = createCourier({
    log,
    route: (smtp) =>
      smtp === undefined ? sendmailRoute() : smtpRoute(smtp, sender, { lookup }),
  }),
}: AlertParts): Alerts {
  const monitors = createMonitorFiles(openFile);
  const hooks = createHooks({ log, host: sender.host, lookup });
  const mails = new ServiceMails({ now: Date.now, post });

  function post(service: VirtualService, digest: Digest): void {
    const { emailalert } = service;
    if (!emailalert) return;
    log.info(`emailalert: ${mailSubject(service, digest)}`);
    courier.send(mailOf({ ...service, emailalert }, digest, sender));
  }

  return {
    follow(next) {
      mails.follow(next);
      monitors.keepOnly(new Set(next.flatMap(({ monitorfile }) => monitorfile ?? [])));
      hooks.follow(next);
      courier.follow(new Set(next.map(({ smtp }) => smtp)));
    },
    tell: (service, notice, about) => mails.tell(service, notice, about),
    checked(service, real, report) {
      if (service.monitorfile && isMonitored(service, report))
        monitors.write(service.monitorfile, monitorLine(service, real, report));
    },
    changed: (service, change) => hooks.changed(service, change),
    status: () => statusOf(courier, hooks),
    tellAll(hurry) {
      mails.end();
      return hooks.tellAll(hurry);
    },
    async close() {
      mails.end();
      await Promise.all([
        courier.close(CLOSE_MS),
        hooks.close(CLOSE_MS),
        monitors.close(CLOSE_MS),
      ]);
    },
  };
}

function statusOf(
  courier: Pick<Courier, 'status'>,
  hooks: Pick<Hooks, 'status'>,
): ReturnType<Alerts['status']> {
  const { webhook: webhooks, command: alertCommands } = hooks.status();
  return { mail: courier.status(), webhooks, alertCommands };
}

function thisHost(): Sender {
  return { user: userName(), host: hostname() };
}

/** A uid without an entry in the user database has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'l4director');
  }
}
