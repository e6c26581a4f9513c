import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Maintenance } from '../../lib/checks/maintenance.ts';
import { ReverseNames } from '../../lib/checks/reverse-names.ts';

const NAMES: Readonly<Record<string, string>> = {
  '10.0.0.1': 'web1.example.com',
  '10.0.0.2': 'plain',
  '10.0.0.3': '9p.example.com',
  '2001:db8::1': 'six.example.com',
};

function names(): ReverseNames {
  return new ReverseNames({
    lookup: async (address) => {
      const name = NAMES[address];
      if (name === undefined) throw new Error('ENOTFOUND');
      return name;
    },
  });
}

t.test('a file names a server by address or name, with or without port', async (t) => {
  for (const [file, address, realPort, held] of [
    ['10.0.0.1:80', '10.0.0.1', 80, true],
    ['10.0.0.1:80', '10.0.0.1', 81, false],
    ['10.0.0.1', '10.0.0.1', 81, true],
    ['10.0.0.1:0', '10.0.0.1', 0, true],
    ['10.0.0.11', '10.0.0.1', 80, false],
    ['[2001:db8::1]:80', '2001:db8::1', 80, true],
    ['[2001:db8::1]', '2001:db8::1', 80, true],
    ['2001:db8::1', '2001:db8::1', 80, false],
    ['web1.example.com:80', '10.0.0.1', 80, true],
    ['web1.example.com:80', '10.0.0.1', 443, false],
    ['web1.example.com', '10.0.0.1', 443, true],
    ['web1:80', '10.0.0.1', 80, true],
    ['web1', '10.0.0.1', 80, true],
    ['web2', '10.0.0.1', 80, false],
    ['plain', '10.0.0.2', 80, true],
    ['9p', '10.0.0.3', 80, false],
    ['six', '2001:db8::1', 80, true],
    ['web1', '10.0.0.9', 80, false],
  ] as const)
    await t.test(`${file} and ${address} port ${realPort}`, async (t) => {
      const maintenance = new Maintenance(names());
      maintenance.watch(t.testdir({ [file]: '' }));
      t.equal(await maintenance.holds({ address, realPort }), held);
    });
});

t.test(
  'without a directory, or with one that is not there, nobody is held',
  async (t) => {
    const maintenance = new Maintenance(names());
    const target = { address: '10.0.0.1', realPort: 80 };
    t.equal(await maintenance.holds(target), false);
    maintenance.watch(join(t.testdir(), 'nowhere'));
    t.equal(await maintenance.holds(target), false);
    maintenance.watch(t.testdir({ '10.0.0.1': '' }));
    t.equal(await maintenance.holds(target), true);
    maintenance.watch(undefined);
    t.equal(await maintenance.holds(target), false);
  },
);

t.test('a file that comes and goes is soon seen', async (t) => {
  const folder = t.testdir({ other: '' });
  const maintenance = new Maintenance(names());
  maintenance.watch(folder);
  const held = () => maintenance.holds({ address: '10.0.0.1', realPort: 80 });
  t.equal(await held(), false);
  writeFileSync(join(folder, '10.0.0.1'), '');
  while (!(await held())) await new Promise((resolve) => setTimeout(resolve, 10));
  rmSync(join(folder, '10.0.0.1'));
  while (await held()) await new Promise((resolve) => setTimeout(resolve, 10));
});

t.test('names are asked for only where a file has one', async (t) => {
  let asked = 0;
  const reverse = new ReverseNames({
    lookup: async () => {
      asked++;
      return 'x';
    },
  });
  const maintenance = new Maintenance(reverse);
  maintenance.watch(t.testdir({ '10.0.0.9': '', '10.0.0.9:80': '', '.hidden': '' }));
  t.equal(await maintenance.holds({ address: '10.0.0.1', realPort: 80 }), false);
  t.equal(asked, 0);
});
