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
  const request = '/https://scott:t%40ger@a.example/';
  t.same(words({ request }), ['scott', 't@ger']);
  const bytes = words({ request: '/http://sa:t%FCger@a.example/' });
  t.same(bytes, ['t\ufffdger', 't\xfcger']);
  for (const request of ['/a@b', '/http://a.example/', '/http://a:b/c@d', 'SELECT 1'])
    t.same(words({ request }), [], request);
});

t.test('what a server repeats may be read either way', async (t) => {
  const fields = { passwd: 'tüger' };
  t.same(words(fields), ['tüger', 't\xc3\xbcger']);
  t.same(secretsOf(checkTarget(fields, 'latin1')), ['t\ufffdger', 'tüger', '']);
});

t.test('a login of two characters is none, a password is', async (t) => {
  t.same(words({ login: 'sa', passwd: 'x' }), ['x']);
  t.same(words({ login: 'bob', passwd: 'xy' }), ['bob', 'xy']);
});
