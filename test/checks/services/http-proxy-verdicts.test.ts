import { createServer } from 'node:tls';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startSquid } from '../../lab/servers/squid.ts';
import { testAuthority } from '../../support/certificates.ts';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { rawServer, saying } from '../../support/raw-server.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTest Page';
const TEST_PAGE = pattern('^Test Page$');

t.test(
  'http_proxy',
  lab('ldirectord', 'perl', 'squid', 'openssl', 'root'),
  async (t) => {
    const authority = testAuthority(t.testdir());
    const squid = await startSquid(t);
    const cases: VerdictCase[] = [];
    function add(
      name: string,
      fields: Partial<CheckTarget>,
      differs?: VerdictCase['differs'],
    ) {
      const base = { service: 'http_proxy', receive: TEST_PAGE, port: squid };
      cases.push({
        name,
        fields: { ...base, ...fields },
        ...(differs ? { differs } : {}),
      });
    }
    const secure = await rawServer(
      t,
      saying(PAGE),
      createServer(authority.issue('127.0.0.1')),
      'secureConnection',
    );
    const secureUrl = `https://127.0.0.1:${secure.port}/`;
    const answers: Readonly<Record<string, string | undefined>> = {
      '/closed': '',
      '/moved': 'HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n',
      '/secure': `HTTP/1.1 302 Found\r\nLocation: ${secureUrl}\r\n\r\n`,
      '/none': 'HTTP/1.1 404 Not Found\r\n\r\n',
      '/other': 'HTTP/1.1 200 OK\r\n\r\nsorry',
    };
    const site = await rawServer(t, (socket) =>
      socket.once('data', (bytes) => {
        const [, path = ''] = /^\w+ (\S*)/.exec(bytes.toString('latin1')) ?? [];
        if (path !== '/silent') socket.end(answers[path] ?? PAGE);
      }),
    );
    const url = `/http://127.0.0.1:${site.port}`;
    for (const path of [
      '/',
      '/moved',
      '/secure',
      '/none',
      '/other',
      '/closed',
      '/denied',
      '/silent',
    ])
      add(`squid: ${path}`, { request: `${url}${path}` });
    add('squid, IPv6', { address: '::1', request: `${url}/` });
    add('squid: HEAD', { httpmethod: 'HEAD', receive: undefined, request: `${url}/` });
    add('squid: nobody at the site', { request: '/http://127.0.0.1:1/' });
    add('squid: virtualhost is not used', { request: `${url}/`, virtualhost: 'other' });
    add('no whole URL', { request: '/index.html' });
    add('no request', { request: '/' });
    add(
      'an https request',
      { request: `/${secureUrl}` },
      { real: true, why: 'the proxy itself is to be asked' },
    );
    add('nobody listens', { port: 1, request: `${url}/` });
    add('a web server that is no proxy', {
      port: site.port,
      request: '/http://www.example.com/none',
    });
    /** A page for those who send exactly this. */
    for (const [name, request, line] of [
      ['the request line', '/http://a.test/', 'GET http://a.test/ HTTP/1.1\r\n'],
      [
        'the path',
        '/http://a.test/b c?d=e',
        'GET http://a.test/b%20c?d=e HTTP/1.1\r\n',
      ],
      ['Host', '/http://a.test/', '\r\nHost: a.test\r\n'],
      ['Host with its port', '/http://a.test:81/', '\r\nHost: a.test:81\r\n'],
    ] as const) {
      const server = await rawServer(t, (socket) =>
        socket.once('data', (bytes) =>
          socket.end(
            `${bytes.toString('latin1')}\r\n`.includes(line)
              ? PAGE
              : 'HTTP/1.1 400 x\r\n\r\n',
          ),
        ),
      );
      add(name, { port: server.port, request });
    }
    for (const [name, answer] of [
      ['silence', undefined],
      ['an end', ''],
      ['another protocol', 'SSH-2.0-x\r\n'],
    ] as const) {
      const server = await rawServer(t, (socket) => {
        if (answer !== undefined) socket.end(answer);
      });
      add(name, { port: server.port, request: `${url}/` });
    }
    await compareVerdicts(t, 'http_proxy', cases, { authority: authority.file });
  },
);
