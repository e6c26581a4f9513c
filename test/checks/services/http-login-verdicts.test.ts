import t from 'tap';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { type RawServer, rawServer } from '../../support/raw-server.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTest Page';
const FORBIDDEN = 'HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n';
const receive = pattern('Test Page');

/** Has the page for whom `login` is the user and password; latin1, undefined: for anybody who
 *  brings one. What is not asked of /next is redirected to `moved`, where that is given.
 *  @returns the port */
async function siteFor(
  login: string | undefined,
  moved?: (port: number) => string,
): Promise<number> {
  const answer = (request: string, port: number) => {
    if (moved && !request.startsWith('GET /next '))
      return `HTTP/1.1 302 x\r\nLocation: ${moved(port)}\r\n\r\n`;
    const came = loginOf(request);
    return came !== undefined && (login ?? came) === came ? PAGE : FORBIDDEN;
  };
  const server: RawServer = await rawServer(t, (socket) =>
    socket.once('data', (bytes) => {
      socket.end(answer(bytes.toString('latin1'), server.port));
    }),
  );
  return server.port;
}

function loginOf(request: string): string | undefined {
  const [, word] = /^Authorization: Basic (\S+)\r$/m.exec(request) ?? [];
  return word && Buffer.from(word, 'base64').toString('latin1');
}

t.test('a login in the URL', lab('ldirectord', 'perl'), async (t) => {
  const cases: VerdictCase[] = [];
  for (const [written, login, differs] of [
    ['scott:tiger', 'scott:tiger'],
    ['scott', 'scott:'],
    [':tiger', ':tiger'],
    ['s%40c:t%3Ai%FC%', 's@c:t:i\xfc%'],
    ['scott:ü', 'scott:\xc3\xbc'],
    ['s c:t^g`{}|\\"', 's c:t^g`{}|\\"'],
    ['s%3Ac:tiger', 's:c:tiger'],
    ['scott:lion', 'scott:tiger'],
    ['scott:t@g', 'scott:t@g', { real: false, why: 'all of it is the password' }],
  ] as const) {
    const port = await siteFor(login);
    const request = `http://${written}@127.0.0.1:${port}/`;
    const fields = { port, request, receive };
    cases.push({ name: written, fields, ...(differs ? { differs } : {}) });
  }
  for (const [name, moved] of [
    ['moved to a path', () => '/next'],
    ['moved to a URL', (port: number) => `http://127.0.0.1:${port}/next`],
    [
      'moved to one with a login',
      (port: number) => `http://a:b@127.0.0.1:${port}/next`,
    ],
  ] as const) {
    const port = await siteFor(undefined, moved);
    const request = `http://scott:tiger@127.0.0.1:${port}/`;
    cases.push({ name, fields: { port, request, receive } });
  }
  await compareVerdicts(t, 'http, with a login in the URL', cases);
});

t.test('a login for the site behind a proxy', lab('ldirectord', 'perl'), async (t) => {
  const port = await siteFor('scott:tiger');
  const cases = ['scott:tiger@', 'scott:lion@', ''].map((written): VerdictCase => {
    const request = `/http://${written}www.example.com/`;
    const fields = { service: 'http_proxy', port, request, receive };
    return { name: `login "${written}"`, fields };
  });
  await compareVerdicts(t, 'http_proxy, with a login in the URL', cases);
});
