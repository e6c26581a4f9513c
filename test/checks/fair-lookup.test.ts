import type { LookupAddress } from 'node:dns';
import t from 'tap';
import { fairLookup } from '../../lib/checks/fair-lookup.ts';

const HERE: readonly LookupAddress[] = [
  { address: '192.0.2.1', family: 4 },
  { address: '2001:db8::1', family: 6 },
];

/** Names that begin with "hung" are never answered, those with "no" have no address. */
function names() {
  const asked: string[] = [];
  const lookup = fairLookup((name) => {
    asked.push(name);
    if (name.startsWith('hung')) return new Promise(() => {});
    if (name.startsWith('no')) return Promise.reject(new Error(`no ${name}`));
    return Promise.resolve(HERE);
  });
  const of = (name: string, all = true) =>
    new Promise<unknown>((resolve, reject) => {
      lookup(name, { all }, (error, address, family) =>
        error ? reject(error) : resolve(family ? { address, family } : address),
      );
    });
  return { of, asked };
}

t.test('the answer is what Node asks for: all, or the first', async (t) => {
  const { of } = names();
  t.strictSame(await of('www'), HERE);
  t.strictSame(await of('www', false), HERE[0]);
  await t.rejects(of('none'), { message: 'no none' });
});

t.test('names that hang do not hold up one that was quick before', async (t) => {
  const { of, asked } = names();
  await of('www');
  for (const name of ['hung', 'hung too', 'hung as well']) void of(name);
  t.strictSame(await of('www'), HERE);
  t.strictSame(asked.sort(), ['hung', 'www', 'www'], 'they take turns');
});

t.test('a name without address is none that hangs', async (t) => {
  const { of } = names();
  await t.rejects(of('none'));
  void of('hung');
  await t.rejects(of('none'), { message: 'no none' });
});

t.test('a name is asked for once at a time', async (t) => {
  const { of, asked } = names();
  await Promise.all([of('www'), of('www')]);
  t.strictSame(asked, ['www']);
});

t.test('what waits is bounded', async (t) => {
  const { of } = names();
  await of('www');
  for (let n = 0; n < 100; n++) void of(`hung${n}`);
  await t.rejects(of('ftp'), { message: 'ftp: 100 other names are being looked up' });
  t.strictSame(await of('www'), HERE);
});
