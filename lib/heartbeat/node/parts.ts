import type { HaConfig } from '../config/ha-config.ts';
import type { ResourceGroup } from '../config/haresources.ts';
import { usesIpfail } from '../config/ipfail.ts';
import { Coupling } from '../health/coupling.ts';
import { Ipfail } from '../ipfail/ipfail.ts';
import { Links } from '../membership/links.ts';
import { Membership } from '../membership/membership.ts';
import { Plan } from '../ownership/action.ts';
import type { Hold } from '../ownership/hold.ts';
import { LegacyOwnership } from '../ownership/legacy.ts';
import type { Owner } from '../ownership/owner.ts';
import { Ownership } from '../ownership/ownership.ts';
import type { Keyring } from '../wire/seal.ts';
import { Inbox } from './inbox.ts';
import { Outbox } from './outbox.ts';
import { type Identity, Post, type World } from './post.ts';
import { Pulse } from './pulse.ts';
import { RollCall } from './roll-call.ts';

export interface NodeOptions {
  readonly config: HaConfig;
  /** The lines of haresources: with `auto_failback legacy` they are asked for by name. */
  readonly groups: readonly Pick<ResourceGroup, 'node' | 'key'>[];
  readonly keyring: Keyring;
  readonly identity: Identity;
  readonly world: World;
  uuidOf(node: string): Uint8Array | undefined;
  /** From 0 to below 1. */
  random(): number;
}

/** Of what a node is made. */
export interface Parts {
  /** The other node; empty where there is none. */
  readonly other: string;
  readonly post: Post;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly membership: Membership;
  readonly links: Links;
  readonly pulse: Pulse;
  readonly rollCall: RollCall;
  readonly owner: Owner;
  readonly coupling: Coupling;
  readonly ipfail: Ipfail | undefined;
  /** What ipfail and coupling want, which have no outbox. */
  readonly plan: Plan;
}

/** @param give  offers these groups to the other node */
export function partsOf(
  options: NodeOptions,
  give: (hold: Hold, now: number) => void,
  startedAt: number,
): Parts {
  const { config, keyring, identity, random } = options;
  const { name: self } = identity;
  const { deadtimeMs, keepaliveMs, maxRexmitDelayMs: maxDelayMs } = config;
  const others = config.nodes.filter((name) => name !== self);
  const other = others[0] ?? '';
  const post = new Post(keyring, { ...options, form: config.form });
  const outbox = new Outbox(post);
  const owner = ownerOf(options, other);
  const plan = new Plan();
  const isAutomatic = config.autoFailback === 'on';
  const mover = { plan, owner, self, other, keepaliveMs, isAutomatic, give };
  const devices = config.media.map(({ device }) => device);
  return {
    other,
    post,
    outbox,
    inbox: new Inbox({ self, others, post, outbox, maxDelayMs, random }),
    membership: membershipOf(config, others, startedAt),
    links: new Links(others, devices, deadtimeMs),
    pulse: new Pulse({ keepaliveMs, deadtimeMs, startedAt }),
    rollCall: new RollCall(config.nodes, deadtimeMs),
    owner,
    coupling: new Coupling({ ...mover, canGive: config.autoFailback !== 'legacy' }),
    ipfail: usesIpfail(config) ? new Ipfail(mover) : undefined,
    plan,
  };
}

function membershipOf(
  config: HaConfig,
  others: readonly string[],
  startedAt: number,
): Membership {
  return new Membership({
    others,
    pings: config.pings.map(({ name }) => name),
    deadAfterMs: config.deadtimeMs,
    pingDeadAfterMs: config.deadpingMs,
    lateAfterMs: config.warntimeMs,
    initDeadAfterMs: config.initdeadMs,
    startedAt,
  });
}

function ownerOf({ config, groups, identity }: NodeOptions, other: string): Owner {
  const { autoFailback, deadtimeMs } = config;
  const { name: self } = identity;
  const options = { autoFailback: autoFailback === 'on', deadtimeMs, self, other };
  if (autoFailback !== 'legacy') return new Ownership(options);
  const own = groups.filter(({ node }) => node === self);
  return new LegacyOwnership({ ...options, ownGroups: own.map(({ key }) => key) });
}
