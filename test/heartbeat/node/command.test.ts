import t from 'tap';
import type { NodeAction } from '../../../lib/heartbeat/node/action.ts';
import { type Message, textOf } from '../../../lib/heartbeat/wire/message.ts';
import { open, seal } from '../../../lib/heartbeat/wire/seal.ts';
import type { Network } from './network.ts';
import { SECRET } from './options.ts';
import { both, held, SECOND, words } from './scene.ts';

const KEYRING = { current: SECRET, keys: [SECRET] };

function rested(haCf = 'auto_failback off'): Network {
  const network = both(haCf);
  network.play(20 * SECOND);
  return network;
}

/** What it makes of a message of lb2 that is not of this program. */
function heard(
  network: Network,
  seq: number,
  ...fields: Message
): readonly NodeAction[] {
  const message: Message = [
    ...fields,
    ['src', 'lb2'],
    ['seq', seq.toString(16)],
    ['hg', 'fffff'],
    ['ts', '1'],
  ];
  const datagram = seal(message, KEYRING, 'classic');
  return network.node('lb1').hear(datagram, 'eth0', network.now);
}

function messagesOf(actions: readonly NodeAction[]): readonly Message[] {
  return actions.flatMap((action) => {
    const opened = action.type === 'datagram' && open(action.datagram, KEYRING);
    return opened && 'message' in opened ? [opened.message] : [];
  });
}

t.test('hb_standby of each kind, as the stock script writes it', async (t) => {
  const network = rested();
  network.standby('lb1', 'all');
  network.play(2 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  network.command(
    'lb2',
    ['t', 'ask_resources'],
    ['rsc_hold', 'failback'],
    ['info', 'me'],
  );
  network.play(2 * SECOND);
  t.same(held(network), ['lb1', 'lb2'], "failback: what is the other one's");
  network.standby('lb2', 'local');
  network.play(2 * SECOND);
  t.same(held(network), ['lb1', 'lb1']);
  t.same(words(network), ['all', 'none']);
  t.equal(network.holders.doubled(0, network.now), 0);
});

t.test('an offer that is lost is asked for again, and taken', async (t) => {
  const network = rested();
  network.cut.add('lb1');
  network.standby('lb1', 'all');
  network.play(1);
  network.cut.delete('lb1');
  // The next status, a second later, shows the gap.
  network.play(4 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  t.same(words(network), ['none', 'all']);
});

t.test('hb_takeover of each kind', async (t) => {
  const network = rested();
  network.command('lb2', ['t', 'hb_takeover'], ['rsc_hold', 'all']);
  network.play(2 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  network.command('lb1', ['t', 'hb_takeover'], ['rsc_hold', 'local']);
  network.play(2 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
});

t.test('a message of the FIFO cannot speak for another node', async (t) => {
  const network = rested();
  const actions = network.node('lb1').command(
    [
      ['src', 'lb2'],
      ['seq', '1'],
      ['t', 'hello'],
      ['hg', '0'],
    ],
    network.now,
  );
  const [message = []] = messagesOf(actions);
  t.equal(textOf(message, 'src'), 'lb1');
  t.same(message.filter(([name]) => name === 'seq').length, 1);
  for (const fields of [[], [['t', 'NS_rexmit']], [['t', '../x']]] as Message[])
    t.same(
      network
        .node('lb1')
        .command(fields, network.now)
        .map(({ type }) => type),
      ['log'],
    );
});

t.test('scripts of rc.d are told of messages, with fields that are text', async (t) => {
  const network = rested();
  const hooks = network
    .node('lb1')
    .command(
      [
        ['t', 'hb_takeover'],
        ['rsc_hold', 'local'],
        ['x', Buffer.of(1)],
      ],
      network.now,
    )
    .filter(({ type }) => type === 'hook');
  t.same(hooks, [
    {
      type: 'hook',
      fields: [
        ['t', 'hb_takeover'],
        ['rsc_hold', 'local'],
      ],
    },
  ]);
  network.play(SECOND);
  t.ok(network.actions.some(({ name, type }) => name === 'lb2' && type === 'hook'));
  t.notOk(heard(network, 1, ['t', '../../bin/sh']).some(({ type }) => type === 'hook'));
});

t.test('whoever asks hears whether a client runs here', async (t) => {
  const network = rested('auto_failback off\nping gateway\nrespawn root /x/ipfail');
  const ask = (seq: number, client: string) => {
    const query: Message = [
      ['t', 'query-cstatus'],
      ['dest', 'lb1'],
      ['cn', client],
    ];
    const answers = messagesOf(heard(network, seq, ...query, ['from_id', 'cl']));
    return answers.flatMap((message) => textOf(message, 'cs') ?? []);
  };
  t.same(ask(1, 'ipfail'), ['online']);
  t.same(ask(2, 'ccm'), ['offline']);
});
