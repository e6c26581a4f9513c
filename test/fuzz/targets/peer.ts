import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { BOUND, FrameReader, frame } from '../../../lib/peer/frame.ts';
import { answering, dialling, KIND, Refused } from '../../../lib/peer/handshake.ts';
import { parseMessage } from '../../../lib/peer/messages.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { demand, pure, refusable } from '../target.ts';

const SELF = {
  id: '0123456789abcdef',
  secrets: [Buffer.from('a secret of both directors')],
  random: randomBytes,
};
const OTHER = { ...SELF, id: 'fedcba9876543210' };
const LEFT = {
  ...{ service: 'tcp:10.1.1.19:80', server: '10.1.1.21:80', netmask: null },
  ...{ clients: ['c0000207'], ends: [1e12] },
};
const WISH = {
  ...{ service: 'tcp:10.1.1.19:80', real: '10.1.1.21:80', count: 3 },
  ...{
    origin: SELF.id,
    wish: { state: 'drain', weight: 5, by: 'anna', drainLeftMs: 9 },
  },
};
const MESSAGES = [
  { type: 'clients', at: 1e12, left: [LEFT] },
  { type: 'wishes', wishes: [WISH, { ...WISH, wish: null }] },
  ...[{ type: 'ask' }, { type: 'alive' }, { type: 'done', count: 7 }],
].map((message) => JSON.stringify(message));
const WORDS = [
  '"type"',
  '"done"',
  '[{}]',
  'null',
  '1e400',
  '-1',
  '"wish":{}',
  ...SPICE,
];

/** What comes over the wire, in pieces, before and after one has proved who it is. */
const INPUTS = fc.record({
  hello: fc.constantFrom('good', 'none'),
  frames: fc.array(
    fc.oneof(
      fc.record({
        kind: fc.nat(7),
        body: fc.uint8Array({ maxLength: 200 }).map((bytes) => [...bytes]),
      }),
      fc.record({ raw: fc.uint8Array({ maxLength: 40 }).map((bytes) => [...bytes]) }),
    ),
    { maxLength: 6 },
  ),
  piece: fc.integer({ min: 1, max: 300 }),
  text: mutated(MESSAGES, WORDS),
});

/** What another director, or somebody who says that he is one, sends. */
export const peer = pure({
  covers: 'lib/peer/{frame,handshake,messages,seal}.ts',
  boundMs: 50,
  inputs: INPUTS,
  take({ hello, frames, piece, text }) {
    const bytes = Buffer.concat([
      ...(hello === 'good' ? [dialling(OTHER).first] : []),
      ...frames.map((one) =>
        'raw' in one ? Buffer.from(one.raw) : frame(one.kind, Buffer.from(one.body)),
      ),
    ]);
    listen(bytes, piece);
    refusable(() => parseMessage(text));
  },
});

/** As a conversation does. Nobody without the secret comes in. */
function listen(bytes: Buffer, piece: number): void {
  const reader = new FrameReader(BOUND.stranger);
  const side = answering(SELF);
  for (let from = 0; from < bytes.length; from += piece) {
    reader.push(bytes.subarray(from, from + piece));
    try {
      for (let found = reader.next(); found; found = reader.next()) {
        demand(found.body.length < BOUND.stranger, () => 'a frame beyond its bound');
        const { session } = side.take(found);
        demand(
          !session,
          () => `a session by a frame of kind ${found?.kind}: ${KIND.proof}`,
        );
      }
    } catch (error) {
      const isRefusal = error instanceof Refused || error instanceof RangeError;
      if (!isRefusal) throw error;
      return;
    }
  }
}
