import { createHash } from 'node:crypto';
import type { Json } from './json.ts';

/** A rule with the comment by which it is known again: the kernel gives rules back in other words
 *  than it took them in. */
export interface Rule {
  readonly expr: readonly Json[];
  readonly comment: string;
}

/** An element of one of the skeleton's maps or sets. */
export interface Element {
  /** The map's, or the set's. */
  readonly place: string;
  readonly key: Json;
  /** Of a map: the verdict. */
  readonly value: Json | undefined;
  /** Whose it is, where its key does not say: serviceName(). */
  readonly owner?: string;
}

/** By chain. */
export type Rules = ReadonlyMap<string, readonly Rule[]>;

/** What stands in the table for one service, or should. What was read from the kernel holds rules by
 *  their comments only. */
export interface Part {
  /** By chain; a server's before its service's. */
  readonly chains: Rules;
  /** Clients that persist: the type of address by the set's name. */
  readonly sets: ReadonlyMap<string, string>;
  /** By {@link elementId}. */
  readonly elements: ReadonlyMap<string, Element>;
}

/** What stands there for all services, by serviceName(). */
export type Parts = ReadonlyMap<string, Part>;

export const NOTHING: Part = {
  chains: new Map(),
  sets: new Map(),
  elements: new Map(),
};

export function rule(expr: readonly Json[]): Rule {
  const print = createHash('sha256').update(JSON.stringify(expr)).digest('base64url');
  return { expr, comment: print.slice(0, 16) };
}

/** Equal for two that cannot stand side by side. */
export function elementId({ place, key }: Pick<Element, 'place' | 'key'>): string {
  return `${place} ${JSON.stringify(key)}`;
}

/** Whether a chain is as it should be. */
export function sameRules(one: readonly Rule[], other: readonly Rule[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ comment }, index) => comment === other[index]?.comment)
  );
}
