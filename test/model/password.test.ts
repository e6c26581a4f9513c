import t from 'tap';
import { hashPassword, isPassword, isPasswordHash } from '../../lib/model/password.ts';

t.test('a password is known by its hash, and no two hashes are the same', async (t) => {
  const [one, two] = [await hashPassword('grün'), await hashPassword('grün')];
  t.match(one, /^scrypt\$ln=15,r=8,p=3\$[\w-]{22}\$[\w-]{43}$/);
  t.not(one, two);
  t.ok(isPasswordHash(one));
  t.ok(await isPassword('grün', one));
  t.ok(await isPassword('grün', two), 'its ü typed in two parts');
  t.notOk(await isPassword('grun', one));
  t.notOk(await isPassword('', one));
});

t.test('who is not there costs as much as who is', async (t) => {
  const hash = await hashPassword('x');
  const time = async (known: string | undefined) => {
    const began = process.cpuUsage();
    t.notOk(await isPassword('y', known));
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
  const [there, absent] = [await time(hash), await time(undefined)];
  t.ok(absent > there / 3 && absent < there * 3, `${there} and ${absent} µs`);
});

t.test('what is no hash, or would cost too much, is none', async (t) => {
  const good = await hashPassword('x');
  const bad = [
    '',
    'x',
    good.slice(0, -30),
    good.replace('ln=15', 'ln=30'),
    good.replace('ln=15', 'ln=4'),
    good.replace('r=8', 'r=0'),
    good.replace('p=3', 'p=0'),
    `${good} `,
  ];
  for (const text of bad) t.notOk(isPasswordHash(text), text);
  t.ok(isPasswordHash(good.replace('ln=15', 'ln=17')), "OWASP's first choice");
});
