import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const PROGRAM = fileURLToPath(new URL('../../../bin/l4heartbeat.js', import.meta.url));
const GOOD = {
  'ha.cf': 'bcast lo\nauto_failback on\nnode lb1 lb2\nlogfacility none\n',
  authkeys: 'auth 1\n1 sha1 SECRET\n',
  haresources: 'lb1 10.1.1.19 httpd\n',
};

function call(t: Test, files: Record<string, string>, ...words: string[]) {
  const folder = t.testdir({ ...files, 'resource.d': { httpd: '#!/bin/sh\n' } });
  chmodSync(`${folder}/resource.d/httpd`, 0o755);
  if (files.authkeys !== undefined) chmodSync(`${folder}/authkeys`, 0o600);
  const places = ['--ha-dir', '--state-dir', '--run-dir'].flatMap((o) => [o, folder]);
  const args = [PROGRAM, '--name', 'lb1', ...places, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
  });
  return { status, stdout, stderr: stderr.replaceAll(`${folder}/`, ''), folder };
}

t.test('configtest: good files are passed in silence', async (t) => {
  t.match(call(t, GOOD, 'configtest'), { status: 0, stdout: '', stderr: '' });
});

t.test('configtest: what is wrong is told with file and line', async (t) => {
  const bad = { ...GOOD, haresources: 'lb1 10.1.1.19 httpd\nlb1 10.1.1.300\n' };
  const { status, stderr } = call(t, bad, 'configtest');
  t.equal(status, 1);
  t.match(stderr, /^haresources:2: error: /m);
});

t.test('the daemon does not start with bad files, and leaves nothing', async (t) => {
  const { status, stderr, folder } = call(t, { ...GOOD, authkeys: 'auth 1\n' });
  t.equal(status, 6);
  t.match(stderr, /^authkeys:1: error: there is no key 1/m);
  t.notOk(existsSync(`${folder}/hb_generation`));
});

t.test('without a daemon: what asks it says so, what ends it is content', async (t) => {
  for (const words of [
    ['status'],
    ['-s'],
    ['-r'],
    ['standby'],
    ['takeover', 'local'],
  ]) {
    const { status, stderr } = call(t, GOOD, ...words);
    t.match({ status, stderr }, { status: 1, stderr: /stopped/ }, words.join(' '));
  }
  t.equal(call(t, GOOD, '-k').status, 0);
});

t.test('what is no action, no part or no option is refused', async (t) => {
  for (const words of [['fly'], ['standby', 'most'], ['--colour']]) {
    const { status, stderr } = call(t, GOOD, ...words);
    t.match({ status, stderr }, { status: 2, stderr: /^l4heartbeat: / });
  }
  t.match(call(t, GOOD, '--help'), { status: 0, stdout: /l4heartbeat configtest/ });
});
