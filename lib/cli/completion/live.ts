import { readdirSync } from 'node:fs';
import { CONFIG_FOLDERS } from '../../config/index.ts';
import { readStatus } from '../../control/client.ts';
import { findInstance } from '../../instance/instance.ts';
import type { StatusDocument } from '../../model/status.ts';
import type { Candidate, Live, Whose } from './offer.ts';

/** Longer than an idle director needs, shorter than a finger waits. */
const ANSWER_MS = 700;
/** What no shell takes for anything else. */
const HARMLESS = /^[\w.:[\]/%-]+$/;

/** What is known on this machine at the moment. Whatever fails is left out in silence: it would
 *  be written into the line that is being typed. */
export const live: Live = {
  configs: () => CONFIG_FOLDERS.flatMap(configsIn),
  async running(kind, whose) {
    const document = await statusOf(whose).catch(() => undefined);
    return document === undefined ? [] : namesIn(document, kind);
  },
};

function configsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.cf'));
  } catch {
    return [];
  }
}

async function statusOf({ instance, runtimeDir }: Whose): Promise<StatusDocument> {
  const { socket } = findInstance(instance, runtimeDir);
  return readStatus(socket, { timeoutMs: ANSWER_MS });
}

/** Real servers by their ids, by `SERVICE/REAL` where several services have one, and services where
 *  they count too. */
export function namesIn(
  { services }: StatusDocument,
  kind: 'reals' | 'targets',
): readonly Candidate[] {
  const reals = services.flatMap((service) =>
    service.reals
      .filter(({ fallback }) => !fallback)
      .map((real) => ({ service: service.id, ...real })),
  );
  const often = new Map<string, number>();
  for (const { id } of reals) often.set(id, (often.get(id) ?? 0) + 1);
  const found = reals.map(({ id, service, state, weight }) => ({
    word: often.get(id) === 1 ? id : `${service}/${id}`,
    about: `${state}, weight ${weight}, in ${service}`,
  }));
  const whole = services.map(({ id, state }) => ({ word: id, about: state }));
  const all = kind === 'targets' ? [...whole, ...found] : found;
  return all.filter(({ word }) => HARMLESS.test(word));
}
