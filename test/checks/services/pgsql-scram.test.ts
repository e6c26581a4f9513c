import t from 'tap';
import { scram } from '../../../lib/checks/services/pgsql-scram.ts';

/** What a server answers to the client's first words. */
function challenge(first: string, changes: { nonce?: string; rounds?: number } = {}) {
  const nonce = changes.nonce ?? `${first.slice(first.indexOf('r=') + 2)}more`;
  return `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=${changes.rounds ?? 4096}`;
}

t.test('the password itself is not sent', async (t) => {
  const login = scram('pencil');
  const words = `${login.first} ${await login.answer(challenge(login.first))}`;
  t.match(words, /^n,,n=,r=\S+ c=biws,r=\S+more,p=[\w+/]{43}=$/);
  t.notMatch(words, 'pencil');
});

t.test('every login has a nonce of its own', async (t) => {
  t.not(scram('pencil').first, scram('pencil').first);
});

t.test('a challenge for somebody else is refused', async (t) => {
  const login = scram('pencil');
  await t.rejects(login.answer(challenge(login.first, { nonce: 'another' })));
});

t.test('a challenge with no number of rounds is refused', async (t) => {
  for (const rounds of [0, -1, Number.NaN]) {
    const login = scram('pencil');
    await t.rejects(login.answer(challenge(login.first, { rounds })), /got another/);
  }
});

t.test('a challenge that would keep a thread busy is refused', async (t) => {
  for (const rounds of [100_001, 2_147_483_647]) {
    const login = scram('pencil');
    await t.rejects(login.answer(challenge(login.first, { rounds })), {
      message: `expected 100000 rounds of SCRAM-SHA-256 at most, got ${rounds}: see scram_iterations`,
    });
  }
  const login = scram('pencil');
  await t.resolves(login.answer(challenge(login.first, { rounds: 100_000 })));
});

t.test('a server that does not know the password is refused', async (t) => {
  const login = scram('pencil');
  await login.answer(challenge(login.first));
  for (const last of [
    'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
    `v=${'A'.repeat(43)}=`,
    'e=no',
    '',
  ])
    t.throws(() => login.verify(last), /does not know the password/, last);
});
