import t from 'tap';
import { chooseCheck } from '../../lib/checks/choose.ts';
import { checkingOf, checkPlan } from '../../lib/director/check-plan.ts';
import { aPattern, aReal, aService, OPTIONS } from '../support/config.ts';

const PORTS = [
  ["the real server's", {}, '10.1.1.21:8080', 8080],
  ["checkport before the real server's", { checkport: 9000 }, '10.1.1.21:8080', 9000],
  ['the standard port of the service where neither is given', {}, '10.1.1.21:0', 80],
  ['that of another service', { service: 'https' }, '10.1.1.21:0', 443],
  ['none for a service that has none', { service: 'none' }, '10.1.1.21:0', 0],
] as const;

for (const [whose, fields, place, port] of PORTS)
  t.test(`the port to check: ${whose}`, async (t) => {
    t.equal(checkPlan(aService(fields), aReal(place)).target.port, port);
  });

t.test('the real server has its own request and receive', async (t) => {
  const service = aService({ request: '/all', receive: aPattern('All') });
  const own = aReal('10.1.1.21:80', { request: '/own', receive: aPattern('Own') });
  t.match(checkPlan(service, own).target, {
    request: '/own',
    receive: { perl: 'Own' },
  });
  const plain = checkPlan(service, aReal('10.1.1.21:80')).target;
  t.match(plain, { request: '/all', receive: { perl: 'All' } });
  const half = aReal('10.1.1.21:80', { request: '/own' });
  t.match(checkPlan(service, half).target, {
    request: '/own',
    receive: { perl: 'All' },
  });
});

t.test('its words are the bytes that the file has', async (t) => {
  const [request, virtualhost, login] = ['/wäg', 'höst', 'jürgen'];
  const words = {
    request,
    virtualhost,
    login,
    passwd: 'ß',
    database: 'é',
    secret: 'ñ',
  };
  const target = (encoding: 'utf8' | 'latin1', own = {}) =>
    checkPlan(aService({ ...words, encoding }), aReal('10.1.1.21:80', own)).target;
  t.match(target('latin1'), words);
  t.match(target('utf8'), {
    request: '/w\xc3\xa4g',
    virtualhost: 'h\xc3\xb6st',
    login: 'j\xc3\xbcrgen',
    passwd: '\xc3\x9f',
    database: '\xc3\xa9',
    secret: '\xc3\xb1',
  });
  t.match(target('utf8', { request: '/ö' }), { request: '/\xc3\xb6' });
  t.equal(checkPlan(aService({}), aReal('10.1.1.21:80')).target.virtualhost, undefined);
});

t.test('times are milliseconds', async (t) => {
  const service = aService({ checktimeout: 2, negotiatetimeout: 7, checkinterval: 3 });
  const { target, intervalMs } = checkPlan(service, aReal('10.1.1.21:80'));
  t.equal(target.checktimeoutMs, 2000);
  t.equal(target.negotiatetimeoutMs, 7000);
  t.equal(intervalMs, 3000);
});

t.test('times that no timer can hold become the longest that one can', async (t) => {
  const long = 3_000_000; // 35 days, in seconds
  const fields = { checktimeout: long, negotiatetimeout: long, checkinterval: long };
  const { target, intervalMs } = checkPlan(aService(fields), aReal('10.1.1.21:80'));
  for (const ms of [target.checktimeoutMs, target.negotiatetimeoutMs, intervalMs])
    t.equal(ms, 2 ** 31 - 1);
  const ping = { ...target, checktype: 'ping', checkcount: 3 } as const;
  t.equal(chooseCheck(ping, 'ping')?.timeoutMs, 2 ** 31 - 1, 'nor their product');
});

t.test('external checks hear of the virtual service, or of its mark', async (t) => {
  const checktype = 'external';
  const plan = checkPlan(aService({ checktype }), aReal('10.1.1.21:8080'));
  t.match(plan.target, { virtual: '10.1.1.19', virtualPort: 80, realPort: 8080 });
  const marked = aService({
    checktype,
    address: undefined,
    port: undefined,
    fwmark: 5,
    protocol: 'fwm',
  });
  const { target } = checkPlan(marked, aReal('10.1.1.21:8080'));
  t.match(target, { virtual: '5', virtualPort: 0 });
});

t.test('what l4director.ini says of checks goes along', async (t) => {
  const options = { ...OPTIONS, tlsVerify: false, tlsCa: '/ca.pem', bodyLimit: 9 };
  const { target } = checkPlan(aService({ options }), aReal('10.1.1.21:80'));
  t.match(target, { tlsVerify: false, tlsCa: '/ca.pem', bodyLimit: 9 });
});

t.test(
  'a service whose check cannot be made is not checked, and says why',
  async (t) => {
    const unavailable = 'service oracle needs what is not there';
    t.strictSame(checkingOf(aService({ unavailable })), {
      checking: 'missing',
      problem: unavailable,
    });
    t.strictSame(checkingOf(aService({ checktype: 'connect' })), {
      checking: 'checked',
      problem: undefined,
    });
    t.match(checkingOf(aService({ checktype: 'off' })), { checking: 'off' });
  },
);
