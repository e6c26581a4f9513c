import { randomBytes, randomInt } from 'node:crypto';
import { endpoint } from '../../model/address.ts';
import type { CheckResult, CheckTarget } from '../../model/check.ts';
import { excerpt } from '../excerpt.ts';
import { secretsOf } from '../secrets.ts';
import type { UdpEnd } from '../udp.ts';
import { optionsText, type SipAnswer } from './sip-message.ts';

/** One OPTIONS request, every identifier in it new, and what comes of it. */
export class SipTransaction {
  readonly #target: CheckTarget;
  readonly #callId = `${token()}@l4director`;
  readonly #cseq = `${randomInt(1, 2 ** 31)} OPTIONS`;
  #heard = false;
  #passed = '';

  constructor(target: CheckTarget) {
    this.#target = target;
  }

  /** A provisional answer came: the server knows the request. */
  get heard(): boolean {
    return this.#heard;
  }

  /** What came and did not count, for an error: `; before that "100 Trying"`, or empty. */
  get passed(): string {
    return this.#passed;
  }

  /** @param own  our end of the socket */
  request(own: UdpEnd): Buffer {
    const { protocol, login, address, port } = this.#target;
    const text = optionsText({
      transport: protocol === 'tcp' ? 'TCP' : 'UDP',
      // Without a login it is the server itself that is asked.
      who: login === '' ? endpoint(address, port) : login,
      own,
      branch: `z9hG4bK${token()}`,
      tag: token(),
      callId: this.#callId,
      cseq: this.#cseq,
    });
    return Buffer.from(text, 'latin1');
  }

  /** Something came that is no answer: it is told of, no more. */
  pass(text: string): void {
    const words = excerpt(text, secretsOf(this.#target), 80);
    this.#passed = `; before that "${words}", no whole SIP answer`;
  }

  /** @returns undefined when the final answer is still to come. Source: RFC 3261 17.1.3 */
  take(answer: SipAnswer): CheckResult | undefined {
    const { status, reason } = answer;
    const ours = answer.callId === this.#callId && answer.cseq === this.#cseq;
    const words = excerpt(`${status} ${reason}`, secretsOf(this.#target), 80);
    if (ours && status === 200) return { up: true, message: words };
    if (ours && status > 200)
      return { up: false, message: `expected SIP/2.0 200, got "${words}"` };
    this.#heard ||= ours;
    this.#passed = `; before that "${words}"${ours ? '' : ' to another call'}`;
    return undefined;
  }
}

function token(): string {
  return randomBytes(12).toString('hex');
}
