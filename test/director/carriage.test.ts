import t from 'tap';
import { assign, entryIn } from '../../lib/director/carriage.ts';
import { carriageRules, choiceOf, on, step } from '../support/carriage-script.ts';
import { aService } from '../support/config.ts';

const CARRIED = 'carried';
const FAILED = 'failed';

carriageRules([
  {
    rule: 'a move begins with both',
    from: on('net'),
    steps: [{ to: 'nftables' }],
    tables: ['net', 'nftables'],
    has: 'net',
  },
  {
    rule: 'it ends when the new one carries',
    from: on('net'),
    steps: [{ to: 'nftables' }, { says: 'nftables', state: CARRIED }],
    tables: ['nftables'],
    has: 'nftables',
  },
  {
    rule: 'or would refuse clients for want of a server',
    from: on('net', 'idle'),
    steps: [{ to: 'nftables' }, { says: 'nftables', state: 'idle' }],
    tables: ['nftables'],
    has: 'nftables',
  },
  {
    rule: 'a new one that fails leaves it where it is',
    from: on('net'),
    steps: [{ to: 'nftables' }, { says: 'nftables', state: FAILED }],
    tables: ['net', 'nftables'],
    has: 'net',
  },
  {
    rule: 'and so does one that waits for the address',
    from: on('nftables'),
    steps: [{ to: 'net' }, { says: 'net', state: 'waiting-for-address' }],
    tables: ['net', 'nftables'],
    has: 'nftables',
  },
  {
    rule: 'until it is mended',
    from: on('net'),
    steps: [
      { to: 'nftables' },
      { says: 'nftables', state: FAILED },
      { says: 'nftables', state: CARRIED, event: true },
    ],
    tables: ['nftables'],
    has: 'nftables',
  },
  {
    rule: 'an event of before the move is not its end',
    from: on('net'),
    steps: [{ to: 'nftables' }, { says: 'nftables', state: CARRIED, event: true }],
    tables: ['net', 'nftables'],
    has: 'net',
  },
  {
    rule: 'what the old one says does not end it',
    from: on('net'),
    steps: [{ to: 'nftables' }, { says: 'net', state: CARRIED }],
    tables: ['net', 'nftables'],
    has: 'net',
  },
  {
    rule: 'a new one that refuses never gets it',
    from: on('net'),
    steps: [{ to: 'nftables', refusal: 'no nft' }],
    tables: ['net'],
    has: 'net',
  },
  {
    rule: 'an old one that cannot carry what the service is now lets go',
    from: on('net'),
    steps: [{ to: 'nftables', not: 'net' }],
    tables: ['nftables'],
    has: 'nftables',
  },
  {
    rule: 'then a refusal is the end',
    from: on('net'),
    steps: [{ to: 'nftables', refusal: 'no nft', not: 'net' }],
    tables: [],
    has: 'nftables',
  },
  {
    rule: 'an old one that does not carry it has nothing to keep',
    from: on('net', FAILED),
    steps: [{ to: 'nftables' }],
    tables: ['nftables'],
    has: 'nftables',
  },
  {
    rule: 'back before the move was over: nothing happened',
    from: on('net'),
    steps: [{ to: 'nftables' }, { says: 'nftables', state: FAILED }, { to: 'net' }],
    tables: ['net'],
    has: 'net',
  },
  {
    rule: 'on to a third one: the first has it still',
    from: on('net'),
    steps: [{ to: 'nftables' }, { says: 'nftables', state: FAILED }, { to: 'ipvs' }],
    tables: ['net', 'ipvs'],
    has: 'net',
  },
  {
    rule: 'a reload in between changes nothing of it',
    from: on('net'),
    steps: [{ to: 'nftables' }, { to: 'nftables' }],
    tables: ['net', 'nftables'],
    has: 'net',
  },
  {
    rule: 'a refusal that is mended begins the move',
    from: on('net'),
    steps: [{ to: 'nftables', refusal: 'no nft' }, { to: 'nftables' }],
    tables: ['net', 'nftables'],
    has: 'net',
  },
  {
    rule: 'its own engine that refuses it drops it',
    from: on('net'),
    steps: [{ to: 'net', refusal: 'unknown scheduler' }],
    tables: [],
    has: 'net',
  },
  {
    rule: 'IPVS keeps it until net listens',
    from: on('ipvs'),
    steps: [{ to: 'net' }],
    tables: ['net', 'ipvs'],
    has: 'ipvs',
  },
  {
    rule: 'IPVS keeps what net refuses',
    from: on('ipvs'),
    steps: [{ to: 'net', refusal: 'no address' }],
    tables: ['ipvs'],
    has: 'ipvs',
  },
  {
    rule: 'IPVS takes back what net was to have',
    from: on('ipvs'),
    steps: [{ to: 'net' }, { to: 'ipvs' }],
    tables: ['ipvs'],
    has: 'ipvs',
  },
  {
    rule: 'there and back again, and there once more',
    from: on('net'),
    steps: [
      { to: 'nftables' },
      { says: 'nftables', state: CARRIED },
      { to: 'net' },
      { says: 'nftables', state: CARRIED },
      { to: 'nftables' },
    ],
    tables: ['nftables'],
    has: 'nftables',
  },
  {
    rule: 'a word from its first stay does not end the way back',
    from: on('net'),
    steps: [
      { to: 'nftables' },
      { says: 'nftables', state: CARRIED },
      { to: 'net' },
      { says: 'net', state: CARRIED, event: true },
    ],
    tables: ['net', 'nftables'],
    has: 'nftables',
  },
  {
    rule: 'what an earlier run left stays where it is wanted',
    from: assign(choiceOf('nftables'), 'nftables'),
    steps: [],
    tables: ['nftables'],
    has: 'nftables',
  },
  {
    rule: 'and where it is not, until another engine has it',
    from: assign(choiceOf('net'), 'nftables'),
    steps: [],
    tables: ['net', 'nftables'],
    has: 'nftables',
  },
  {
    rule: 'which it then leaves',
    from: assign(choiceOf('net'), 'nftables'),
    steps: [{ says: 'net', state: 'idle' }],
    tables: ['net'],
    has: 'net',
  },
  {
    rule: 'or does not, where that cannot carry it',
    from: assign(choiceOf('net', 'no address'), 'nftables'),
    steps: [],
    tables: ['nftables'],
    has: 'nftables',
  },
]);

t.test('only the engine that it comes to hears that it is on its way', async (t) => {
  const entry = { service: aService(), servers: [] };
  const moving = step(on('ipvs'), { to: 'net' });
  t.equal(entryIn(moving, 'ipvs', entry), entry);
  t.strictSame(entryIn(moving, 'net', entry), { ...entry, arriving: true });
  t.equal(
    entryIn(moving, 'net', entry),
    entryIn(moving, 'net', entry),
    'nothing changed',
  );
  t.equal(entryIn(moving, 'nftables', entry), undefined);
  const moved = step(moving, { says: 'net', state: CARRIED });
  t.equal(entryIn(moved, 'net', entry), entry);
});
