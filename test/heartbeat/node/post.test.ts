import t from 'tap';
import { uuidOfName } from '../../../lib/heartbeat/config/node-uuid.ts';
import { Post } from '../../../lib/heartbeat/node/post.ts';
import type { Key } from '../../../lib/heartbeat/wire/mac.ts';
import { bytesOf, type Message, textOf } from '../../../lib/heartbeat/wire/message.ts';
import { open } from '../../../lib/heartbeat/wire/seal.ts';
import { captured } from '../wire/captures.ts';

const current: Key = { number: 2, method: 'sha1', secret: 'TOPSECRETWORD' };
const keyring = { current, keys: [current] };

function post(seconds: number, load: string): Post {
  return new Post(keyring, {
    identity: { name: 'lb1', uuid: uuidOfName('lb1'), generation: 0x6b043fa0, ttl: 3 },
    form: 'classic',
    world: { seconds: () => seconds, load: () => load },
    uuidOf: (node) => uuidOfName(node),
  });
}

t.test(
  'the first datagrams of a node are those of Heartbeat, byte for byte',
  async (t) => {
    const recorded = captured().filter(({ capture }) => capture === '01-startup-both');
    const ours = recorded.filter(({ datagram }) => {
      const opened = open(datagram, keyring);
      return (
        'message' in opened &&
        textOf(opened.message, 'src') === 'lb1' &&
        textOf(opened.message, 'st') === 'init'
      );
    });
    const [init] = ours;
    const made = post(0x6b043f9f, '1.62 1.61 0.91 6/167 35').datagram(
      [
        ['t', 'status'],
        ['st', 'init'],
        ['dt', '2ee0'],
        ['protocol', '1'],
      ],
      0,
    );
    t.same(made.toString('latin1'), init?.datagram.toString('latin1'));
  },
);

t.test(
  'what has an addressee has its uuid, and what needs no number none',
  async (t) => {
    const opened = open(
      post(1, '').datagram(
        [
          ['t', 'NS_ackmsg'],
          ['dest', 'lb2'],
          ['ackseq', '8'],
        ],
        0,
      ),
      keyring,
    );
    const message = 'message' in opened ? opened.message : [];
    t.same(
      message.map(([name]) => name),
      ['t', 'dest', 'ackseq', 'destuuid', 'src', 'srcuuid', 'hg', 'ts', 'ttl', 'auth'],
    );
    t.same(bytesOf(message, 'destuuid'), uuidOfName('lb2'));
  },
);

t.test('numbers go up, and who asks gets the same bytes', async (t) => {
  const node = post(1, '0.00');
  const [one, two] = [0, 1].map(() => node.datagram([['t', 'starting']], 0));
  t.same(node.again(1, 2, 1000).datagrams, [one, two]);
});

t.test('who gets an old word of resources is to hear what holds', async (t) => {
  const node = post(1, '0.00');
  const has = (hold: string, ...more: Message) =>
    node.datagram([['t', 'resource'], ['rsc_hold', hold], ...more], 0);
  has('none', ['info', 'standby']);
  node.datagram([['t', 'starting']], 0);
  has('all', ['info', 'req_our_resources()']);
  t.equal(node.again(3, 3, 1000).state, undefined, 'it holds');
  t.equal(node.again(2, 2, 1000).state, undefined, 'another word');
  t.same(node.again(1, 3, 1000).state, [
    ['t', 'resource'],
    ['rsc_hold', 'all'],
  ]);
  has('none', ['info', 'shutdown']);
  t.same(node.again(1, 1, 2000).state?.at(-1), ['info', 'shutdown']);
});
