import t from 'tap';
import type { Key } from '../../../lib/heartbeat/wire/mac.ts';
import type { Field } from '../../../lib/heartbeat/wire/message.ts';
import { seal } from '../../../lib/heartbeat/wire/seal.ts';
import { Network } from './network.ts';
import { SECRET } from './options.ts';
import { both, held, SECOND, seeded } from './scene.ts';

const OTHER: Key = { number: 2, method: 'sha1', secret: 'not ours at all' };

function message(type: string, from: string, generation: number): Field[] {
  return [
    ['t', type],
    ['src', from],
    ['hg', generation.toString(16)],
    ['ts', '1'],
  ];
}

function told(network: Network): readonly string[] {
  return network.log.filter((line) => line.includes('is not heard'));
}

t.test('who signs with another secret is told of once, by its address', async (t) => {
  const network = new Network({ random: seeded(1) });
  network.start('lb1');
  const datagram = seal(
    [...message('status', 'lb2', 1), ['seq', '1']],
    { current: OTHER, keys: [OTHER] },
    'netstring',
  );
  for (let n = 0; n < 300; n++) {
    network.tell('lb1', (node) => node.hear(datagram, 'eth0', network.now, '10.1.1.2'));
    network.play(SECOND);
  }
  t.match(told(network), [
    /^0 lb1 a datagram of 10.1.1.2 is not heard: .* another secret/,
  ]);
  t.equal(told(network).length, 1);
  t.notOk(told(network).join().includes(OTHER.secret));
  network.play(400 * SECOND);
  network.tell('lb1', (node) => node.hear(datagram, 'eth0', network.now, '10.1.1.2'));
  t.equal(told(network).length, 2, 'and again after a while');
});

t.test('senders that are made up do not fill the log', async (t) => {
  const network = new Network({ random: seeded(1) });
  network.start('lb1');
  for (let n = 0; n < 1000; n++)
    network.tell('lb1', (node) =>
      node.hear(Buffer.from('hello'), 'eth0', network.now, `10.1.2.${n}`),
    );
  t.equal(told(network).length, 32);
});

t.test(
  'a node that ha.cf does not have is told of, this one itself is not',
  async (t) => {
    const network = new Network({ random: seeded(1) });
    network.start('lb1');
    const keyring = { current: SECRET, keys: [SECRET] };
    for (const name of ['lb1', 'lb3'])
      network.inject(
        'lb1',
        seal([...message('status', name, 1), ['seq', '1']], keyring, 'netstring'),
      );
    t.match(told(network), [/eth0 is not heard: ha.cf has no node "lb3"/]);
    t.equal(told(network).length, 1);
  },
);

t.test('two nodes that are well say nothing of the kind', async (t) => {
  const network = both();
  network.play(30 * SECOND);
  network.kill('lb1');
  network.start('lb1');
  network.play(30 * SECOND);
  t.same(told(network), []);
});

t.test('what an earlier run said takes nothing from this one', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  network.weather = { lost: 0, doubled: 0, delay: 0 };
  network.cut.add('lb2');
  network.play(1.5 * SECOND);
  network.cut.delete('lb2');
  const cutUntil = network.now;
  const isBack = () =>
    network.sent.some(({ name, at }) => name === 'lb2' && at > cutUntil);
  while (!isBack()) network.play(1);
  network.play(2);
  const keyring = { current: SECRET, keys: [SECRET] };
  const before = network.sent.filter(({ type }) => type === 'NS_rexmit').length;
  for (let seq = 1; seq < 100; seq++)
    network.inject(
      'lb1',
      seal(
        [
          ...message('NS_nak_rexmit', 'lb2', 1),
          ['dest', 'lb1'],
          ['firstseq', seq.toString(16)],
        ],
        keyring,
        'netstring',
      ),
    );
  t.match(told(network), [/a datagram of lb2 is not heard: it is of an earlier run/]);
  network.play(SECOND);
  const after = network.sent.filter(({ type }) => type === 'NS_rexmit').length;
  t.ok(after > before, 'what is missing is still asked for');
  t.same(held(network), ['lb1', 'lb2']);
});
