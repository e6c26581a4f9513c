import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { findConfig, readConfig } from '../../lib/config/index.ts';
import { numericAddress } from '../../lib/config/numeric-address.ts';
import { portIn, systemResolver } from '../../lib/config/resolver.ts';

t.test('a config is looked for in the folders first, and found absolute', (t) => {
  const root = t.testdir({ conf: {} });
  const folders = [root, join(root, 'conf')];
  t.equal(findConfig('none.cf', folders), undefined);
  writeFileSync(join(root, 'conf', 'a.cf'), '');
  t.equal(findConfig('a.cf', folders), join(root, 'conf', 'a.cf'));
  writeFileSync(join(root, 'a.cf'), '');
  t.equal(findConfig('a.cf', folders), join(root, 'a.cf'));
  t.equal(findConfig('package.json', folders), join(process.cwd(), 'package.json'));
  t.end();
});

t.test('numbers are read as getaddrinfo reads them', (t) => {
  const read = (text: string) => numericAddress(text, 'inet');
  t.equal(read('10.0.0.1'), '10.0.0.1');
  t.equal(read('127.1'), '127.0.0.1');
  t.equal(read('010.0.0.1'), '8.0.0.1');
  t.equal(read('0x7f.1'), '127.0.0.1');
  t.equal(read('1.2.65535'), '1.2.255.255');
  t.equal(read('4294967295'), '255.255.255.255');
  t.equal(read(''), '127.0.0.1');
  t.equal(read('::1'), 'other family');
  for (const name of [
    '256.0.0.1',
    '1.2.3.4.5',
    '08.0.0.1',
    '4294967296',
    '1.',
    '0x',
    'a',
  ])
    t.equal(read(name), undefined, name);
  t.equal(numericAddress('2001:DB8:0:0:0:0:0:1', 'inet6'), '2001:db8::1');
  t.equal(numericAddress('fe80::1%lo', 'inet6'), 'fe80::1%lo');
  t.equal(numericAddress('127.0.0.1', 'inet6'), 'other family');
  t.end();
});

t.test('a port is looked up by name, alias and protocol', (t) => {
  const list =
    '# comment\nhttp 80/tcp www # web\ndomain\t53/tcp\ndomain 53/udp\nx 1/udp\n';
  t.equal(portIn(list, 'http', 'tcp'), 80);
  t.equal(portIn(list, 'www', undefined), 80);
  t.equal(portIn(list, 'http', 'udp'), undefined);
  t.equal(portIn(list, 'domain', 'udp'), 53);
  t.equal(portIn(list, 'web', undefined), undefined);
  const broken = 'http\nhttp x/tcp\nhttp 65536/tcp\nhttp -1/tcp\n';
  t.equal(portIn(broken, 'http', 'tcp'), undefined, 'a port that is none');
  t.equal(portIn(`${broken}www 80/tcp http`, 'http', 'tcp'), 80);
  t.end();
});

t.test('the system resolver knows this host, and nothing that cannot be', async (t) => {
  const { host, port } = systemResolver('/nonexistent');
  t.equal(await host('localhost', 'inet'), '127.0.0.1');
  t.equal(await host('no such host', 'inet'), undefined);
  t.equal(await port('http', 'tcp'), undefined);
});

t.test('names are looked up at the same time, each once', async (t) => {
  const asked: string[] = [];
  let waiting = 0;
  let most = 0;
  const resolve = {
    async host(name: string) {
      asked.push(name);
      most = Math.max(most, ++waiting);
      await new Promise(setImmediate);
      waiting--;
      return '10.0.0.9';
    },
    async port() {
      return 80;
    },
  };
  const folder = t.testdir();
  mkdirSync(join(folder, 'x'));
  const file = join(folder, 'a.cf');
  writeFileSync(
    file,
    'virtual=a.example:http\n    real=b.example:http masq\n    real=b.example:81 masq\n    fallback=c.example\n',
  );
  const read = await readConfig(file, { ini: '/dev/null', resolve });
  t.equal(read.ok, true);
  t.strictSame(asked.toSorted(), ['a.example', 'b.example', 'c.example']);
  t.equal(most, 3);
});
