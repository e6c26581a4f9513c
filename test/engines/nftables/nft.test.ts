import t from 'tap';
import { createNft } from '../../../lib/engines/nftables/nft.ts';

/** In nft's place: prints that. */
const printing = (words: string) => createNft(['/bin/echo', words, '#']);
const nothing = { item() {}, element() {} };

t.test('what is no JSON is a refusal in words', async (t) => {
  const asked = printing('{"nftables": [{nonsense}]}').list([], nothing);
  const error = await asked.catch((error: unknown) => error);
  t.match(error, { trouble: 'refused', message: /no JSON/ });
});

t.test('what a listener throws comes out, and the end is heard of', async (t) => {
  const item = () => {
    throw new TypeError('mine');
  };
  const listing = printing('{"nftables": [{"table": {"name": "t"}}]}');
  await t.rejects(listing.list([], { ...nothing, item }), { message: 'mine' });
  const end = AbortSignal.abort(new Error('over'));
  await t.rejects(listing.list([], nothing, end), { message: 'over' });
});

t.test('no chain, no call', async (t) => {
  const absent = createNft(['/nowhere/ip']);
  await t.resolves(absent.rewrite('t', { ruled: new Map(), used: new Map() }));
});
