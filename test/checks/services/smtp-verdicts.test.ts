import t from 'tap';
import { startPostfix } from '../../lab/servers/postfix.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { type Answer, lineServer, toVerbs } from '../../support/line-server.ts';

const NEEDS = lab('ldirectord', 'perl', 'postfix', 'openssl', 'root');

t.test('smtp and submission', NEEDS, async (t) => {
  const { smtp, submission, closed, deaf } = await startPostfix(t);
  const cases: VerdictCase[] = [];
  const service = 'smtp';
  function add(name: string, fields: VerdictCase['fields']) {
    cases.push({ name, fields: { service, ...fields } });
  }
  add('Postfix', { port: smtp });
  add('Postfix for submission', { service: 'submission', port: submission });
  add('Postfix that turns all away', { port: closed });
  add('Postfix that refuses EHLO and HELO', { port: deaf });
  add('over IPv6', { family: 'inet6', address: '::1', port: smtp });
  add('nobody listens', { port: 1 });

  const QUIT = '221 bye\r\n';
  const EHLO = '250 a\r\n';
  const HELO = EHLO;
  const later = { EHLO: '450 a\r\n', HELO, QUIT };
  const halfway = { EHLO: '354 a\r\n', HELO, QUIT };
  for (const [name, greeting, answer] of [
    ['any 2xx', '299 a\r\n', toVerbs({ EHLO: '200 a\r\n', QUIT })],
    ['a banner of lines', '220-a\r\n220 b\r\n', toVerbs({ EHLO, QUIT })],
    ['a banner without text', '220\r\n', toVerbs({ EHLO, QUIT })],
    ['only HELO', '220 a\r\n', toVerbs({ EHLO: '500 a\r\n', HELO, QUIT })],
    ['EHLO is answered 450', '220 a\r\n', toVerbs(later)],
    ['EHLO is answered 354', '220 a\r\n', toVerbs(halfway)],
    ['a banner 421', '421 a\r\n', toVerbs({})],
    ['a banner 554', '554 a\r\n', toVerbs({})],
    ['another protocol', '+OK POP3\r\n', toVerbs({})],
    ['bare line ends', '220 a\n', toVerbs({ EHLO: '250 a\n', QUIT: '221 a\n' })],
    ['an end', '220 a\r\n', (_, socket) => void socket.end()],
    ['no answer to QUIT', '220 a\r\n', toVerbs({ EHLO })],
  ] as const satisfies [string, string, Answer][]) {
    const { port } = await lineServer(t, greeting, answer);
    add(name, { port });
  }
  const silent = async (name: string, greeting: string): Promise<VerdictCase> => {
    const { port } = await lineServer(t, greeting);
    return { name, fields: { service, port } };
  };
  const silence = await silent('silence', '');
  const halfAWord = await silent('half a banner', '220 a');
  const afterwards = await silent('silence after the banner', '220 a\r\n');
  const alike = 'silence is down for both';
  // It waits 3 s for each of the silent ones: several at a time.
  await Promise.all([
    compareVerdicts(t, 'smtp', cases),
    compareVerdicts(t, 'smtp, silence', [silence, halfAWord], { alike }),
    compareVerdicts(t, 'smtp, silence', [afterwards], { alike }),
  ]);
});
