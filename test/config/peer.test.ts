import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readIni } from '../../lib/config/ini.ts';
import { readPeerSecrets } from '../../lib/config/peer-values.ts';

function folder(t: Test, secret = `${'5eC'.repeat(16)}\n`, mode = 0o600) {
  const dir = t.testdir({});
  const at = { ini: join(dir, 'l.ini'), secret: join(dir, 'secret') };
  writeFileSync(at.secret, secret);
  chmodSync(at.secret, mode);
  return at;
}

const read = (ini: string) => readIni('/nonexistent/a.cf', ini);

t.test('[peer] is read', async (t) => {
  const at = folder(t);
  writeFileSync(
    at.ini,
    `[peer]\nlisten = [2001:db8::2]:7400\npeers = 10.1.1.3:7400, [2001:db8::3]:7401\nsecret-file = ${at.secret}\n`,
  );
  const ini = await read(at.ini);
  t.strictSame(ini.errors, []);
  t.strictSame(ini.process.peer, {
    listen: { address: '2001:db8::2', port: 7400 },
    peers: [
      { address: '10.1.1.3', port: 7400 },
      { address: '2001:db8::3', port: 7401 },
    ],
    secretFile: at.secret,
  });
});

t.test('it is off by default, and whole where it is on', async (t) => {
  const at = folder(t);
  writeFileSync(at.ini, '[peer]\n');
  t.equal((await read(at.ini)).process.peer, undefined);
  writeFileSync(at.ini, `[peer]\nsecret-file = ${at.secret}\n`);
  t.match((await read(at.ini)).errors, [
    { line: 2, message: '[peer] has no listen: expected that too' },
    { line: 2, message: '[peer] has no peers: expected that too' },
  ]);
  const own = '10.1.1.2:7400';
  writeFileSync(
    at.ini,
    `[peer]\nlisten = ${own}\nsecret-file = ${at.secret}\npeers = 10.1.1.3:7400, ${own}\n`,
  );
  t.match((await read(at.ini)).errors, [
    { line: 4, message: 'peers has the place where this director itself listens' },
  ]);
});

t.test(
  'a secret that others can read, or guess, is refused and not told',
  async (t) => {
    for (const [secret, mode, why] of [
      ['hunter2\n', 0o600, 'a secret of fewer than 16 bytes, number 1'],
      [`${'s'.repeat(16)}\nhunter2\n`, 0o600, 'fewer than 16 bytes, number 2'],
      ['# none\n\n', 0o600, 'no secret'],
      [`${'hunter2'.repeat(3)}\n`.repeat(5), 0o600, 'more than 4 secrets'],
      ['hunter2'.repeat(1000), 0o600, 'it has more than 4096 bytes'],
      ['hunter2'.repeat(3), 0o640, 'its mode is 0640: after "chmod 600 '],
      ['hunter2'.repeat(3), 0o604, 'its mode is 0604'],
    ] as const) {
      const at = folder(t, secret, mode);
      writeFileSync(at.ini, `[peer]\nsecret-file = ${at.secret}\n`);
      const { errors } = await read(at.ini);
      t.match(errors[0], { line: 2, message: why });
      t.notMatch(JSON.stringify(errors), /hunter2|sss/);
    }
  },
);

t.test('a file may have several, with words beside them', async (t) => {
  const { secret } = folder(
    t,
    `# of October\n${'a'.repeat(16)}\r\n\n ${'b'.repeat(20)}\n`,
  );
  t.same(readPeerSecrets(secret).map(String), ['a'.repeat(16), 'b'.repeat(20)]);
});
