import type { ServiceName } from '../../../lib/checks/index.ts';
import type { CheckTarget } from '../../../lib/model/check.ts';

/** A check, and what its servers say. */
export interface Client {
  readonly service: ServiceName;
  readonly protocol?: 'udp';
  /** How it is asked, each as likely as the others. */
  readonly asked: readonly Partial<CheckTarget>[];
  /** What a good server says at once, and after each that it hears; see SIGN. */
  readonly dialogues: readonly (readonly string[])[];
  /** On further connections; absent: the same. */
  readonly further?: readonly (readonly string[])[];
  readonly words: readonly string[];
  /** More processor time than others need. */
  readonly boundMs?: number;
}

/** What the checks are to keep to themselves. */
export const SECRETS = {
  login: 'scott',
  passwd: 'tiger-striped',
  secret: 'shared-word',
} as const;
