import type { VirtualService } from '../model/virtual-service.ts';
import type { Notice, Subject } from './notice.ts';
import { ServiceMail, type ServiceMailParties } from './service-mail.ts';

/** The mails of all virtual services. */
export class ServiceMails {
  readonly #parties: ServiceMailParties;
  readonly #mails = new Map<string, ServiceMail>();
  #ended = false;

  constructor(parties: ServiceMailParties) {
    this.#parties = parties;
  }

  /** The services as they are from now on. What waits for a digest of one that is gone is sent. */
  follow(next: readonly VirtualService[]): void {
    const ids = new Set(next.map(({ id }) => id));
    for (const [id, mail] of this.#mails) {
      if (ids.has(id)) continue;
      mail.end();
      this.#mails.delete(id);
    }
    for (const service of next) this.#of(service).follow(service);
  }

  /** @param about  undefined: nothing to be reminded of */
  tell(service: VirtualService, notice: Notice, about: Subject | undefined): void {
    this.#of(service).tell(notice, this.#ended ? undefined : about);
  }

  /** What waits for a digest is sent, and nobody is reminded any more, of what is told later neither. Idempotent. */
  end(): void {
    this.#ended = true;
    for (const mail of this.#mails.values()) mail.end();
    this.#mails.clear();
  }

  #of(service: VirtualService): ServiceMail {
    const known = this.#mails.get(service.id);
    if (known) return known;
    const mail = new ServiceMail(service, this.#parties);
    this.#mails.set(service.id, mail);
    return mail;
  }
}
