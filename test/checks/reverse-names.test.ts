import t from 'tap';
import { ReverseNames } from '../../lib/checks/reverse-names.ts';

t.test('a dead resolver is waited for once, and briefly', async (t) => {
  let asked = 0;
  const names = new ReverseNames({
    waitMs: 1,
    lookup: () => {
      asked++;
      return new Promise(() => {});
    },
  });
  t.equal(await names.of('10.0.0.1'), undefined);
  t.equal(await names.of('10.0.0.1'), undefined);
  t.equal(await names.of('10.0.0.2'), undefined);
  t.equal(asked, 1, 'one question at a time');
});

t.test('an answer that comes late is there the next time', async (t) => {
  let answer = (_name: string) => {};
  const names = new ReverseNames({
    waitMs: 1,
    lookup: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  t.equal(await names.of('10.0.0.1'), undefined);
  answer('web1.example.com');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(await names.of('10.0.0.1'), 'web1.example.com');
});

t.test('those who ask at the same time wait together and ask once', async (t) => {
  let asked = 0;
  const names = new ReverseNames({ lookup: async () => `name${++asked}` });
  t.same(await Promise.all([names.of('::1'), names.of('::1')]), ['name1', 'name1']);
});

t.test('a name is refreshed behind the scenes', async (t) => {
  let asked = 0;
  const names = new ReverseNames({ freshMs: -1, lookup: async () => `name${++asked}` });
  t.equal(await names.of('10.0.0.1'), 'name1');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(await names.of('10.0.0.1'), 'name2');
});

t.test("the system's resolver knows this host by name", async (t) => {
  t.equal(
    typeof (await new ReverseNames({ waitMs: 30_000 }).of('127.0.0.1')),
    'string',
  );
  t.equal(await new ReverseNames({ waitMs: 30_000 }).of('no address'), undefined);
});
