import fc from 'fast-check';
import type { PlainServer } from './plain-view.ts';

/** Some servers, any of them quiesced, overloaded or busy. */
export const someServers: fc.Arbitrary<Partial<PlainServer>[]> = fc.array(
  fc.record({
    weight: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 9 }),
      fc.constant(65535),
    ),
    active: fc.nat(20),
    inactive: fc.nat(600),
    overloaded: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
  }),
  { maxLength: 12 },
);
