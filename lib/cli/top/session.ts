import type { StatusDocument } from '../../model/status.ts';
import { frame, type Known, type Look, pageOf, type Size } from './frame.ts';
import { keysOf } from './keys.ts';
import { type Rates, ratesOf } from './rates.ts';
import { rowsOf } from './rows.ts';
import { type Effect, FIRST_VIEW, press, type View } from './view.ts';

/** What is seen of a director, and what the operator has made of the screen: all that is drawn. */
export class Session {
  #document: StatusDocument;
  #rates: Rates;
  #view: View = FIRST_VIEW;
  #lost: { readonly reason: string; readonly since: number } | undefined;

  /** @param now  monotonic, milliseconds */
  constructor(document: StatusDocument, now: number) {
    this.#document = document;
    this.#rates = ratesOf(document, now, undefined);
  }

  /** A look at the director. */
  seen(document: StatusDocument, now: number): void {
    const another = document.pid !== this.#document.pid;
    if (another) this.say(`another director answers: pid ${document.pid}`);
    else if (this.#lost) this.say('the director answers again');
    this.#lost = undefined;
    this.#rates = ratesOf(document, now, another ? undefined : this.#rates);
    this.#document = document;
  }

  /** A look in vain. */
  missed(reason: string, now: number): void {
    this.#lost = { reason, since: this.#lost?.since ?? now };
  }

  say(text: string, bad = false): void {
    this.#view = { ...this.#view, message: { text, bad } };
  }

  /** Takes keys. A yes that comes in one piece with what asks was typed before the question could be
   *  read, or pasted: from there on the piece is left. More of a weight may come so. */
  keys(text: string, size: Size): readonly Effect[] {
    const effects: Effect[] = [];
    let fresh = false;
    for (const key of keysOf(text)) {
      if (fresh && !/^[+-]$/.test(key)) break;
      const asked = this.#view.mode.type === 'ask';
      const around = { rows: this.#rows(), page: pageOf(size) };
      const { view, effect } = press(this.#view, key, around);
      this.#view = view;
      if (effect) effects.push(effect);
      fresh ||= view.mode.type === 'ask' && !asked;
    }
    return effects;
  }

  draw(size: Size, look: Look, now: number): readonly string[] {
    const lost = this.#lost && {
      reason: this.#lost.reason,
      seconds: (now - this.#lost.since) / 1000,
    };
    const known: Known = {
      document: this.#document,
      rates: this.#rates,
      rows: this.#rows(),
      lost,
    };
    return frame(known, this.#view, size, look);
  }

  #rows() {
    return rowsOf(this.#document, this.#rates, this.#view);
  }
}
