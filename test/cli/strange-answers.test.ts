import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { parseCommandLine } from '../../lib/cli/command-line.ts';
import { COMMANDS } from '../../lib/cli/commands.ts';
import { commandNamed } from '../../lib/cli/context.ts';
import { ask, CALLS } from '../../lib/control/index.ts';
import { socketPath } from '../support/socket-path.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';

const ONE = '10.1.1.21:80';
const IDLE = { activeConnections: 0, inactiveConnections: 0 };
const GOOD = statusDocument({
  services: [serviceStatus({ reals: [realStatus(IDLE)] })],
});

/** Every action that asks a director, but for `top`, which goes on until it answers well. */
const ACTIONS = [
  ['show'],
  ['show', '--json'],
  ['show', '--ipvsadm'],
  ['show', '--checks', ONE],
  ['weight', ONE],
  ['weight', ONE, '5'],
  ['enable', ONE],
  ['disable', ONE],
  ['drain', ONE, '--within', '1s'],
  ['events'],
  ['wait', '--timeout', '50ms'],
  ['wait', ONE, '--for', 'empty', '--timeout', '50ms'],
] as const;

/** Of those that ask for something behind the status. */
const BEHIND = [
  ['weight', ONE, '5'],
  ['enable', ONE],
  ['drain', ONE, '--within', '1s'],
  ['wait', ONE, '--for', 'empty', '--timeout', '50ms'],
] as const;

/** A program at the place of a director's socket. @returns the folder */
async function answering(t: Test, answer: RequestListener): Promise<string> {
  const folder = dirname(socketPath(t));
  const server = createServer(answer);
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(join(folder, 'l4director.x.cf.sock')), 'listening');
  return folder;
}

async function run(folder: string, words: readonly string[]) {
  const argv = ['--runtime-dir', folder, 'x.cf', ...words];
  const line = await parseCommandLine(argv, COMMANDS);
  const [out, err]: [string[], string[]] = [[], []];
  const write = process.stderr.write;
  process.stderr.write = (text: string | Uint8Array) => err.push(String(text)) > 0;
  try {
    const code = await commandNamed(COMMANDS, words[0])?.run({
      ...{ line, commands: COMMANDS, invocation: '', program: [] },
      daemon: () => Promise.reject(new Error('not wanted')),
      out: (text) => void out.push(text),
      err: (text) => void err.push(`${text}\n`),
    });
    return { code, out, err: err.join('') };
  } finally {
    process.stderr.write = write;
  }
}

/** One plain line, be it behind the progress of a drain, and the code of a failure. */
function isPlain(
  t: Test,
  { code, err }: Awaited<ReturnType<typeof run>>,
  what: string,
) {
  t.ok(code === 1 || code === 4, `${what}: ${code}`);
  t.match(err, /^.*did not answer as a director does.*\n$/m, what);
  t.notMatch(err, /Cannot read properties/, what);
}

const json = (value: unknown) => JSON.stringify(value);

t.test('an answer of another shape is told in one plain line', async (t) => {
  const service = GOOD.services[0];
  for (const body of [
    'null',
    '5',
    '[]',
    '{}',
    json({ services: null }),
    json({ services: [null] }),
    json({ services: [{ ...service, reals: null }] }),
    json({ services: [{ ...service, reals: [null] }] }),
    json({ ...GOOD, services: [{ ...service, reals: [{ ...realStatus(), id: 5 }] }] }),
    json({ ...GOOD, mail: 'none' }),
  ]) {
    const folder = await answering(t, (_, answer) => void answer.end(body));
    for (const words of ACTIONS)
      isPlain(t, await run(folder, words), `${words.join(' ')}: ${body.slice(0, 60)}`);
  }
});

t.test('so is one behind a good status', async (t) => {
  for (const body of [
    'null',
    '[]',
    '{}',
    json({ before: 5, after: 5, ended: 'x', forgotten: null, seconds: [], total: '0' }),
  ]) {
    const folder = await answering(t, ({ url = '' }, answer) => {
      answer.end(url.startsWith('/v1/status') ? json(GOOD) : body);
    });
    for (const words of BEHIND)
      isPlain(t, await run(folder, words), `${words.join(' ')}: ${body}`);
  }
});

t.test(
  'what a director of another version lacks or has besides does no harm',
  async (t) => {
    const { mail: _, ...older } = GOOD;
    const services = [{ ...serviceStatus({ reals: [realStatus()] }), mood: 'good' }];
    const folder = await answering(t, (_, answer) => {
      answer.end(json({ ...older, services, news: [1] }));
    });
    t.match(await run(folder, ['weight', ONE]), { code: 0, err: /^$/ });
    t.match(await run(folder, ['wait', ONE]), { code: 0 });
  },
);

t.test('an endless answer, and an endless refusal, are cut', async (t) => {
  for (const status of [200, 409]) {
    const folder = await answering(t, (_, answer) => {
      answer.statusCode = status;
      const more = () => {
        while (answer.write(Buffer.alloc(1 << 20, ' ')));
      };
      answer.on('drain', more);
      more();
    });
    const before = process.memoryUsage().rss;
    const { code, err } = await run(folder, ['weight', ONE]);
    t.equal(code, 1);
    t.match(err, /^.*answered with more than 64 MiB\n$/);
    t.ok(process.memoryUsage().rss - before < 400 << 20);
  }
  const long = json({ error: 'x'.repeat(1 << 20) });
  const folder = await answering(t, (_, answer) => {
    answer.writeHead(409).end(long);
  });
  t.ok((await run(folder, ['weight', ONE])).err.length < 20_000, 'a long one too');
});

t.test('no answer, and one that drips, are not waited for', async (t) => {
  const drip = await answering(t, (_, answer) => {
    const timer = setInterval(() => answer.write(' '), 10);
    answer.on('close', () => clearInterval(timer));
  });
  const silent = await answering(t, () => {});
  for (const folder of [drip, silent]) {
    const call = CALLS.change({ service: 's', real: 'r' }, { weight: 1 });
    await t.rejects(
      ask(join(folder, 'l4director.x.cf.sock'), { ...call, timeoutMs: 300 }),
      { message: /does not answer on .* within 0.3 s/ },
    );
  }
});
