import { randomBytes } from 'node:crypto';
import t from 'tap';
import { BOUND, FrameReader, frame } from '../../lib/peer/frame.ts';
import {
  answering,
  dialling,
  KIND,
  Refused,
  type Self,
  type Session,
} from '../../lib/peer/handshake.ts';

const OLD = Buffer.from('the old secret of both');
const NEW = Buffer.from('the new secret of both');

function director(id: string, ...secrets: readonly Buffer[]): Self {
  return { id: id.repeat(16), secrets, random: randomBytes };
}

function frameOf(bytes: Buffer) {
  const reader = new FrameReader(BOUND.stranger);
  reader.push(bytes);
  const found = reader.next();
  if (!found) throw new Error('no frame');
  return found;
}

/** Both sides of a beginning, and all that went over the wire. */
function meet(dials: Self, answers: Self) {
  const dialler = dialling(dials);
  const answerer = answering(answers);
  const wire = [dialler.first];
  const sessions: Session[] = [];
  let turn = answerer;
  for (let at = 0; at < wire.length; at++) {
    const { send, session } = turn.take(frameOf(wire[at] ?? Buffer.alloc(0)));
    if (session) sessions.push(session);
    if (send) wire.push(send);
    turn = turn === answerer ? dialler.side : answerer;
  }
  const [answered, dialled] = sessions;
  if (!answered || !dialled) throw new Error('no session');
  return { answered, dialled, wire };
}

t.test('two that know the secret hear each other, each frame once', async (t) => {
  const { answered, dialled } = meet(director('a', OLD), director('b', OLD));
  t.equal(answered.peer, 'a'.repeat(16));
  t.equal(dialled.peer, 'b'.repeat(16));
  const sealed = dialled.out.seal(Buffer.from('one'));
  t.equal(String(answered.in.open(sealed)), 'one');
  t.equal(answered.in.open(sealed), undefined, 'not again');
  const back = answered.out.seal(Buffer.from('two'));
  t.equal(String(dialled.in.open(back)), 'two');
});

t.test('what is changed, left out or sent back is nothing', async (t) => {
  const { answered, dialled } = meet(director('a', OLD), director('b', OLD));
  const sealed = dialled.out.seal(Buffer.from('one'));
  t.equal(dialled.in.open(sealed), undefined, 'reflected');
  const changed = Buffer.from(sealed);
  changed[0] = 0x58;
  t.equal(answered.in.open(changed), undefined);
  const other = meet(director('a', OLD), director('b', OLD));
  t.equal(other.answered.in.open(sealed), undefined, 'of another conversation');
  const next = meet(director('a', OLD), director('b', OLD));
  next.dialled.out.seal(Buffer.from('lost'));
  const second = next.dialled.out.seal(Buffer.from('second'));
  t.equal(next.answered.in.open(second), undefined, 'one is missing before it');
  t.equal(answered.in.open(Buffer.alloc(3)), undefined);
});

t.test('old and new secrets stand beside each other', async (t) => {
  for (const [one, other] of [
    [[OLD, NEW], [OLD]],
    [[NEW, OLD], [OLD]],
    [[OLD], [NEW, OLD]],
    [
      [OLD, NEW],
      [NEW, OLD],
    ],
  ] as const) {
    const { answered, dialled } = meet(director('a', ...one), director('b', ...other));
    const sealed = dialled.out.seal(Buffer.from('one'));
    t.equal(String(answered.in.open(sealed)), 'one');
  }
});

t.test('who does not know it is refused by the side that was dialled', async (t) => {
  t.throws(() => meet(director('a', OLD), director('b', NEW)), {
    message: 'it does not know the secret',
  });
  t.throws(() => meet(director('a', OLD), director('a', OLD)), {
    message: /^it has the id of this director: .*"peers".*wishes\.json/,
  });
});

t.test(
  'an answer that proves nothing is refused by the side that dialled',
  async (t) => {
    const real = answering(director('b', NEW));
    const { first, side } = dialling(director('a', OLD));
    const { send } = real.take(frameOf(first));
    side.take(frameOf(send ?? Buffer.alloc(0)));
    t.throws(() => side.take(frame2(KIND.welcome, 32)), Refused);
  },
);

t.test('what was heard earlier is of no use', async (t) => {
  const { wire } = meet(director('a', OLD), director('b', OLD));
  const [hello, , proof] = wire.map(frameOf);
  const side = answering(director('b', OLD));
  if (!hello || !proof) throw new Error('three frames');
  side.take(hello);
  t.throws(() => side.take(proof), Refused);
});

t.test('what is no greeting is refused', async (t) => {
  for (const found of [
    frame2(KIND.hello, 3),
    frame2(KIND.sealed, 56),
    frame2(KIND.hello, 56),
    frame2(KIND.hello, 400),
  ])
    t.throws(() => answering(director('b', OLD)).take(found), Refused);
  const side = answering(director('b', OLD));
  side.take(frameOf(dialling(director('a', OLD)).first));
  for (const length of [0, 31, 33, 160])
    t.throws(() => {
      const again = answering(director('b', OLD));
      again.take(frameOf(dialling(director('a', OLD)).first));
      again.take(frame2(KIND.proof, length));
    }, Refused);
});

function frame2(kind: number, length: number) {
  return frameOf(frame(kind, Buffer.alloc(length)));
}

t.test('frames are cut as they come, and bounded by their length', async (t) => {
  const reader = new FrameReader(16);
  const all = Buffer.concat([
    frame(1, Buffer.from('one')),
    frame(2, Buffer.alloc(0)),
    frame(3, Buffer.alloc(15)),
  ]);
  const found: string[] = [];
  for (const byte of all) {
    reader.push(Buffer.from([byte]));
    const one = reader.next();
    if (one) found.push(`${one.kind} ${one.body.length}`);
  }
  t.strictSame(found, ['1 3', '2 0', '3 15']);
  reader.push(all);
  t.equal(String(reader.next()?.body), 'one');
  t.equal(reader.next()?.kind, 2);
  t.equal(reader.next()?.kind, 3);
  t.equal(reader.next(), undefined);
  for (const length of [0, 17, 2 ** 32 - 1]) {
    const one = new FrameReader(16);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);
    one.push(head);
    t.throws(() => one.next(), RangeError);
  }
});
