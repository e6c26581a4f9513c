import type { Field, Message } from '../../../lib/heartbeat/wire/message.ts';
import { seal } from '../../../lib/heartbeat/wire/seal.ts';
import { Network } from './network.ts';
import { SECRET } from './options.ts';
import { SECOND, seeded } from './scene.ts';

const KEYRING = { current: SECRET, keys: [SECRET] };

/** What it has, and nothing else. */
export function resources(hold: string, isStable: '0' | '1', info?: string): Message {
  const more: Message = info === undefined ? [] : [['info', info]];
  return [
    ['t', 'resource'],
    ['rsc_hold', hold],
    ['rtype', 'full'],
    ['isstable', isStable],
    ...more,
  ];
}

/** A step of a standby. */
export function asks(info: 'me' | 'other' | 'done', hold = 'all'): Message {
  return [
    ['t', 'ask_resources'],
    ['rsc_hold', hold],
    ['info', info],
  ];
}

/** lb1 beside what says what a Heartbeat says: nothing of itself but its status. */
export class Beside {
  readonly network: Network;
  #seq = 0;

  constructor(haCf = '') {
    this.network = new Network({ haCf, random: seeded(1) });
    this.network.start('lb1');
    this.say(['t', 'status'], ['st', 'up'], ['dt', '7d0']);
    this.say(['t', 'repnodes'], ['dest', 'lb1'], ['nodelist', 'lb1 lb2 ']);
    this.beat(1);
    this.has('local', '1');
    this.beat(12);
  }

  say(...fields: Message): void {
    this.late(...fields)();
  }

  /** What it says now comes when that is called, behind what it says meanwhile. */
  late(...fields: Message): () => void {
    const more: Field[] = [
      ['src', 'lb2'],
      ['seq', (++this.#seq).toString(16)],
      ['hg', '1'],
      ['ts', '1'],
    ];
    const datagram = seal([...fields, ...more], KEYRING, 'netstring');
    return () => this.network.inject('lb1', datagram);
  }

  /** So many seconds of it. */
  beat(seconds: number): void {
    for (let n = 0; n < seconds; n++) {
      this.say(['t', 'status'], ['st', 'active'], ['dt', '7d0']);
      this.network.play(SECOND);
    }
  }

  /** It was silent, and goes on. */
  goOn(): void {
    this.network.play(4 * SECOND);
    this.say(['t', 'status'], ['st', 'active'], ['dt', '7d0']);
    this.network.play(SECOND / 4);
  }

  /** Says what it has. */
  has(...words: Parameters<typeof resources>): void {
    this.say(...resources(...words));
  }

  /** In three steps. */
  give(hold: string, rest: string): void {
    this.say(...asks('me', hold));
    this.beat(1);
    this.has(rest, '0', 'standby');
    this.say(...asks('done', hold));
    this.beat(1);
    this.has(rest, '1');
  }

  /** For what lb1 has asked, and when. */
  get asked(): readonly { readonly at: number; readonly hold: string | undefined }[] {
    return this.network.sent
      .filter(({ name, type }) => name === 'lb1' && type === 'hb_takeover')
      .map(({ at, hold }) => ({ at, hold }));
  }

  /** Whether lb1 gives back what is the other one's. */
  get offers(): boolean {
    return this.network.log.some((line) =>
      line.endsWith('wants to go standby [foreign]'),
    );
  }

  /** How often lb1 has started groups. */
  get acquired(): number {
    return this.network.actions.filter(({ type }) => type === 'acquire').length;
  }

  get restarts(): number {
    return this.network.actions.filter(({ type }) => type === 'restart').length;
  }
}
