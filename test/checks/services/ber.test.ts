import fc from 'fast-check';
import t from 'tap';
import {
  element,
  readElement,
  readElements,
  TAG,
} from '../../../lib/checks/services/ber.ts';

const bytes = fc.uint8Array({ maxLength: 70_000, size: 'max' }).map(Buffer.from);

t.test('what is encoded can be read again, with what follows it', async (t) => {
  fc.assert(
    fc.property(bytes, fc.uint8Array({ maxLength: 9 }), (content, after) => {
      const encoded = element(TAG.octetString, content);
      const read = readElement(Buffer.concat([encoded, after]));
      if (read === undefined) throw new Error('incomplete');
      t.ok(read.tag === TAG.octetString && read.content.equals(content));
      t.ok(read.rest.equals(after));
    }),
    { numRuns: 30 },
  );
});

t.test('the length is as short as can be', async (t) => {
  for (const [length, head] of [
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_535, '0482ffff'],
    [65_536, '048400010000'],
  ] as const) {
    const encoded = element(TAG.octetString, Buffer.alloc(length));
    t.equal(encoded.toString('hex', 0, head.length / 2), head);
    t.equal(encoded.length, head.length / 2 + length);
  }
});

t.test('every part of an element is incomplete', async (t) => {
  for (const length of [0, 5, 200, 300]) {
    const encoded = element(TAG.sequence, Buffer.alloc(length));
    for (let end = 0; end < encoded.length; end++)
      if (readElement(encoded.subarray(0, end)) !== undefined)
        t.fail(`${end} of ${encoded.length} bytes`);
  }
});

t.test('anything is read to its end, or refused in words', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
      try {
        t.ok(Array.isArray(readElements(Buffer.from(any))));
      } catch (error) {
        t.match(error, { message: /^broken BER: / });
      }
    }),
  );
});
