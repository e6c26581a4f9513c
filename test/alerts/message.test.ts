import t from 'tap';
import { commandEnvironment, commandWords } from '../../lib/alerts/hook-command.ts';
import { messageOf } from '../../lib/alerts/message.ts';
import { aService } from '../support/config.ts';
import { aMessage, aTold } from '../support/told.ts';

t.test('a message is the documented document', async (t) => {
  const { id, ...message } = aMessage(17);
  t.match(id, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  t.not(aMessage(17).id, id);
  t.strictSame(message, {
    schema: 1,
    sequence: 17,
    changes: 1,
    at: '2026-11-23T13:30:07.000Z',
    host: 'lb1',
    kind: 'real',
    service: 'tcp:10.1.1.19:80',
    name: 'shop',
    real: '10.1.1.21:80',
    from: 'up',
    to: 'down',
    reason: 'connect ECONNREFUSED 10.1.1.21:80',
    up: 1,
    reals: 2,
  });
});

t.test('about a service there is no real server', async (t) => {
  const told = aTold(1, { real: undefined, reason: null });
  t.match(messageOf(aService(), told, 'lb1'), {
    kind: 'service',
    ...{ name: null, real: null, reason: null },
  });
});

t.test('texts are one line, and have an end', async (t) => {
  const { reason, name } = messageOf(
    aService({ servicename: '\x1b[1mshop\n' }),
    aTold(1, { reason: `a\r\n\u2028b\0${'c'.repeat(5000)}` }),
    'lb1',
  );
  t.equal(name, '[1mshop');
  t.match(reason, /^a b c+$/);
  t.equal(reason?.length, 1000);
});

t.test('a command has it as words and in its environment', async (t) => {
  const message = aMessage(3, { to: null });
  const words = ['real', 'up', '-', 'tcp:10.1.1.19:80', '10.1.1.21:80'];
  t.strictSame(commandWords(message), words);
  t.strictSame(commandWords(aMessage(3, { real: undefined })).length, 4);
  const { ALERT_JSON = '', ...env } = commandEnvironment(message);
  t.strictSame(JSON.parse(ALERT_JSON), message);
  t.match(env, {
    ...{ ALERT_SCHEMA: '1', ALERT_SEQUENCE: '3', ALERT_CHANGES: '1', ALERT_UP: '1' },
    ...{ ALERT_FROM: 'up', ALERT_TO: '', ALERT_HOST: 'lb1', ALERT_NAME: 'shop' },
  });
});
