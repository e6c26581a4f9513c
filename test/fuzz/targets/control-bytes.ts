import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createControlServer } from '../../../lib/control/index.ts';
import type { Log } from '../../../lib/model/log.ts';
import { silent } from '../../support/control.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { exchange, LONG_PATIENCE_MS, pieces } from '../support/exchange.ts';
import { liveDirector } from '../support/live-director.ts';
import { demand, target } from '../target.ts';
import { BODIES, URLS } from './control-http.ts';
import { LINE_WORDS, LINES } from './control-line.ts';

const METHODS = ['GET', 'PATCH', 'POST', 'DELETE'];
const HEADERS = [
  ...[
    'Content-Type: application/json',
    'Accept: application/json',
    'Transfer-Encoding: chunked',
    'Connection: keep-alive',
  ],
  ...[
    'Content-Length: 5',
    'Content-Length: 99999999999',
    'Expect: 100-continue',
    'Upgrade: h2c',
    'Last-Event-ID: 3',
  ],
];
const REQUESTS = URLS.flatMap((url) =>
  METHODS.map((method) => `${method} ${url} HTTP/1.1\r\nHost: x\r\n\r\n`),
);
const CHANGES = BODIES.flatMap((body) => [
  `PATCH /v1/services/tcp:10.1.1.19:80/reals/10.1.1.21:80 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  `POST /v1/reload HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
]);
const COMMANDS = LINES.map((line) => `${line}\n`);
const GOOD = [
  ...REQUESTS,
  ...CHANGES,
  ...COMMANDS.slice(0, 200),
  'prompt\nshow info\nquit\n',
  'set server x << \na\n\nshow stat\n',
];
const WORDS = [
  ...HEADERS.map((header) => `${header}\r\n`),
  ...[
    '\r\n\r\n',
    '\n',
    'HTTP/1.1',
    'HTTP/0.9',
    '0\r\n\r\n',
    'ffffffff\r\n',
    'prompt\n',
    '<<\n',
    'show events -w\n',
    'quit\n',
    ';',
  ],
  ...LINE_WORDS,
  ...SPICE,
];

/** Bytes on the control socket, through the real server; requests and commands are told apart there. */
export const controlBytes = target({
  kind: 'talk',
  covers: 'lib/control/{answer,clients,index,two-protocols,line/session}.ts',
  boundMs: 400,
  inputs: fc.tuple(mutated(GOOD, WORDS), fc.array(fc.nat(1_000), { maxLength: 3 })),
  async open() {
    const live = await liveDirector();
    const { status, reload, director, standing } = live;
    const folder = mkdtempSync(join(tmpdir(), 'l4-'));
    const path = join(folder, 'x.sock');
    const errors: string[] = [];
    const log: Log = { ...silent, error: (message) => void errors.push(message) };
    const server = await createControlServer({
      path,
      status,
      reload,
      plan: reload,
      desk: director.desk,
      standing,
      log,
    });
    return {
      async take([text, cuts]: readonly [string, readonly number[]]) {
        await exchange({ path }, pieces(text, cuts));
        demand(errors.length === 0, () => errors.splice(0).join('\n'));
      },
      async [Symbol.asyncDispose]() {
        const said = await exchange({ path }, ['show version\n'], LONG_PATIENCE_MS);
        await server.close();
        await live[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true });
        demand(said.startsWith('2.6'), () => `in the end it says ${said}`);
      },
    };
  },
});
