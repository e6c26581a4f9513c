import { chmodSync } from 'node:fs';
import t, { type Test } from 'tap';
import {
  findingText,
  readConfiguration,
} from '../../../lib/heartbeat/local/configuration.ts';
import { filesOf } from '../../../lib/heartbeat/local/files.ts';

const GOOD = {
  'ha.cf':
    'bcast eth0\nauto_failback on\nnode lb1 lb2\nrespawn root /usr/lib/heartbeat/ipfail\n',
  authkeys: 'auth 2\n2 sha1 TOPSECRETWORD\n',
  haresources: 'lb1 10.1.1.19 httpd\n',
};

async function read(t: Test, files: Record<string, string>, name?: string) {
  const folder = t.testdir(files);
  if (files.authkeys !== undefined) chmodSync(`${folder}/authkeys`, 0o600);
  const places = filesOf({ haDir: folder, stateDir: folder, runDir: folder });
  const { configuration, findings } = await readConfiguration(places, name);
  const said = findings.map((one) => findingText(one).replaceAll(`${folder}/`, ''));
  return { configuration, said };
}

t.test('the three files of a set-up', async (t) => {
  const { configuration, said } = await read(t, GOOD, 'LB1');
  t.same(said, []);
  t.match(configuration, { name: 'lb1', groups: [{ node: 'lb1', key: '10.1.1.19' }] });
});

t.test('the name may stand in nodeinfo', async (t) => {
  const { configuration } = await read(t, { ...GOOD, nodeinfo: 'lb2\n' });
  t.equal(configuration?.name, 'lb2');
});

t.test('all that is wrong is told, with file and line', async (t) => {
  const { configuration, said } = await read(
    t,
    {
      'ha.cf': `${GOOD['ha.cf']}respawn nobody-of-that-name /bin/true\nrespawn root /no/such/program\n`,
      authkeys: 'auth 1\n2 sha1 TOPSECRETWORD\n',
      haresources: 'lb1 10.1.1.19\nlb3 httpd\n',
    },
    'lb1',
  );
  t.equal(configuration, undefined);
  t.match(said, [
    /^ha.cf:5: error: respawn: there is no user "nobody-of-that-name"/,
    /^ha.cf:6: error: respawn: \/no\/such\/program cannot be run/,
    /^authkeys:1: error: there is no key 1/,
    /^haresources:2: error: "lb3" is no node of ha.cf/,
  ]);
});

t.test('the other node may be named, and has the address of its name', async (t) => {
  const haCf = `ucast lo localhost\nucast lo no-such-host.invalid\n${GOOD['ha.cf']}`;
  const { said } = await read(t, { ...GOOD, 'ha.cf': haCf }, 'lb1');
  t.match(said, [
    /^ha.cf:2: error: ucast: "no-such-host.invalid" has no address: .*\/etc\/hosts/,
  ]);
  const good = `ucast lo localhost\n${GOOD['ha.cf']}`;
  const { configuration } = await read(t, { ...GOOD, 'ha.cf': good }, 'lb1');
  const wanted = { kind: 'ucast', device: 'lo', peer: '127.0.0.1', port: 694 };
  t.same(configuration?.config.media[0], wanted);
});

t.test(
  'a log that cannot be written is told, and no reason to stay away',
  async (t) => {
    const haCf = `${GOOD['ha.cf']}logfile /no/such/folder/ha-log\ndebugfile /\n`;
    const { configuration, said } = await read(t, { ...GOOD, 'ha.cf': haCf }, 'lb1');
    t.match(said, [
      /^ha.cf:5: warning: logfile: \/no\/such\/folder\/ha-log cannot be written/,
      /^ha.cf:6: warning: debugfile: \/ cannot be written/,
    ]);
    t.ok(configuration);
  },
);

t.test('a file that is not there is told once', async (t) => {
  const { said } = await read(t, { haresources: '' }, 'lb1');
  t.equal(said.length, 2);
  t.match(said[0], /^ha.cf: error: ENOENT/);
  t.match(said[1], /^authkeys: error: ENOENT/);
});
