import t from 'tap';
import { NftError } from '../../../lib/engines/nft-program.ts';
import type { Nft } from '../../../lib/engines/nftables/nft.ts';
import { Persisting } from '../../../lib/engines/nftables/persisting.ts';
import { entry } from '../../support/kernel-stage.ts';

const SET = 'tcp/10.1.1.19/80/10.1.1.21/80';
const persistent = [entry({ persistent: 300 })];

/** An nft that lists so many clients; `before` is awaited first. */
function listing(clients: number, before: (signal?: AbortSignal) => Promise<void>) {
  let asked = 0;
  const nft = {
    async list(_, { element }, signal) {
      asked++;
      await before(signal);
      for (let at = 0; at < clients; at++) element(at, { set: { name: SET } });
    },
  } as Pick<Nft, 'list'> as Nft;
  return { nft, asked: () => asked };
}

const atOnce = () => Promise.resolve();

t.test('clients are counted by set, and not where none persist', async (t) => {
  const { nft, asked } = listing(3, atOnce);
  const persisting = new Persisting(nft, 't');
  await persisting.fresh([entry()]);
  t.equal(asked(), 0);
  await persisting.fresh(persistent);
  t.equal(persisting.of(SET), 3);
  t.equal(persisting.of('another'), 0);
});

t.test('what takes long is not done again at once', async (t) => {
  const busy = () => new Promise<void>((resolve) => setTimeout(resolve, 700));
  const { nft, asked } = listing(1, busy);
  const persisting = new Persisting(nft, 't');
  await Promise.all([persisting.fresh(persistent), persisting.fresh(persistent)]);
  t.equal(persisting.of(SET), 0, 'it goes on');
  await persisting.fresh(persistent);
  t.equal(persisting.of(SET), 1);
  await persisting.fresh(persistent);
  t.equal(asked(), 1);
});

t.test('a table that is gone is no error, the last numbers stay', async (t) => {
  let gone = false;
  const { nft, asked } = listing(2, async () => {
    if (gone) throw new NftError('refused', 'No such file or directory');
  });
  const persisting = new Persisting(nft, 't');
  await persisting.fresh(persistent);
  gone = true;
  await persisting.fresh(persistent);
  t.equal(asked(), 2, 'what takes no time is done each time');
  t.equal(persisting.of(SET), 2);
});

t.test('what is wrong with us is not hidden', async (t) => {
  const { nft } = listing(1, () => Promise.reject(new TypeError('ours')));
  await t.rejects(new Persisting(nft, 't').fresh(persistent), { message: 'ours' });
});

t.test('who asks does not wait for ever, and the end ends it', async (t) => {
  const never = (signal?: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  const persisting = new Persisting(listing(1, never).nft, 't');
  await persisting.fresh(persistent);
  t.equal(persisting.of(SET), 0);
  await persisting.close();
  await t.resolves(new Persisting(listing(1, atOnce).nft, 't').close());
});
