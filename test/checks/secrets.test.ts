import t from 'tap';
import { secretsOf } from '../../lib/checks/secrets.ts';
import { checkTarget } from '../support/check-target.ts';

const words = (fields: Parameters<typeof checkTarget>[0]) =>
  secretsOf(checkTarget(fields)).filter((word) => word !== '');

t.test('login, passwd and secret are secrets', async (t) => {
  t.same(words({}), []);
  const fields = {
    login: 'scott',
    passwd: 'tiger',
    secret: 'shared',
    database: 'depot',
  };
  t.same(words(fields), ['scott', 'tiger', 'shared']);
});

t.test('so are user and password in a URL, however they are escaped', async (t) => {
  t.same(words({ request: '/https://scott:t%40ger@a.example/' }), [
    ...['scott', 't@ger'],
    ...['scott', 't@ger'],
  ]);
  const bytes = words({ request: '/http://sa:t%FCger@a.example/' });
  t.same(bytes, ['t\ufffdger', 't\xfcger']);
  for (const request of ['/a@b', '/http://a.example/', '/http://a:b/c@d', 'SELECT 1'])
    t.same(words({ request }), [], request);
});

t.test('a login of two characters is none, a password is', async (t) => {
  t.same(words({ login: 'sa', passwd: 'x' }), ['x']);
  t.same(words({ login: 'bob', passwd: 'xy' }), ['bob', 'xy']);
});
