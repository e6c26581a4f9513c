import type { Json } from './json.ts';

/** Takes what nft lists, as it comes. */
export interface Listener {
  /** An object; rules come without their expressions, sets and maps as far as their elements. */
  item(item: Json): void;
  /** One of the elements of the set or map that came last. */
  element(element: Json, of: Json): void;
}

/** Where the elements of a set and the expressions of a rule stand: `{"nftables": [{"set": {"elem": [`. */
const ITEM = 3;
const LIST = 5;
const LISTED = /"(elem|expr)": ?\[$/;
/** Characters of `"elem": [`. */
const LIST_WORDS = 9;

/** Cuts documents of nft into what they list, so that a table of any size is never parsed in one go. Holds
 *  no more than an element and an object without its elements. Source: libnftables-json(5).
 *  @returns takes text in pieces; throws a SyntaxError at what is no JSON */
export function cutJson(listener: Listener): (piece: string) => void {
  const cutter = new Cutter(listener);
  return (piece) => cutter.take(piece);
}

class Cutter {
  readonly #listener: Listener;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  /** Of the object that is being read, without its list. */
  #outer = '';
  /** Of a value in its list. */
  #inner = '';
  #list: 'elem' | 'expr' | undefined;
  /** Whose elements are being read. */
  #owner: Json | undefined;
  #piece = '';
  /** From here on the piece has not been used. */
  #from = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  take(piece: string): void {
    this.#piece = piece;
    this.#from = 0;
    for (let at = 0; at < piece.length; at++) {
      const char = piece[at] ?? '';
      if (!this.#within(char)) this.#mark(char, at);
    }
    if (this.#list) this.#inner += this.#rest(piece.length);
    else if (this.#depth >= ITEM) this.#outer += this.#rest(piece.length);
  }

  /** Whether that is of a string, or begins one. */
  #within(char: string): boolean {
    if (!this.#quoted) {
      this.#quoted = char === '"';
      return this.#quoted;
    }
    if (this.#escaped) this.#escaped = false;
    else if (char === '\\') this.#escaped = true;
    else if (char === '"') this.#quoted = false;
    return true;
  }

  #mark(char: string, at: number): void {
    if (char === '{' || char === '[') this.#opens(char, at);
    else if (char === '}' || char === ']') this.#closes(at);
    else if (char === ',' && this.#list && this.#depth === LIST) this.#value(at);
  }

  #opens(char: string, at: number): void {
    this.#depth++;
    if (this.#depth === ITEM) this.#from = at;
    if (this.#depth !== LIST || char !== '[') return;
    this.#outer += this.#rest(at + 1);
    this.#list = LISTED.exec(this.#outer.slice(-LIST_WORDS))?.[1] as 'elem' | undefined;
    if (this.#list !== 'elem') return;
    this.#owner = JSON.parse(`${this.#outer}]}}`) as Json;
    this.#listener.item(this.#owner);
  }

  #closes(at: number): void {
    if (this.#list && this.#depth === LIST) {
      if (`${this.#inner}${this.#piece.slice(this.#from, at)}`.trim()) this.#value(at);
      this.#list = undefined;
      this.#from = at;
    }
    if (this.#depth === ITEM) this.#ended(this.#outer + this.#rest(at + 1));
    this.#depth--;
  }

  #value(at: number): void {
    const text = this.#inner + this.#rest(at);
    this.#inner = '';
    this.#from = at + 1;
    if (this.#owner !== undefined)
      this.#listener.element(JSON.parse(text) as Json, this.#owner);
  }

  #ended(text: string): void {
    if (this.#owner === undefined) this.#listener.item(JSON.parse(text) as Json);
    this.#owner = undefined;
    this.#outer = '';
  }

  #rest(end: number): string {
    const text = this.#piece.slice(this.#from, end);
    this.#from = end;
    return text;
  }
}
