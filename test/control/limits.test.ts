import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ask, openControl, raw } from '../support/control.ts';
import { largeStatus, statusDocument } from '../support/status.ts';

/* Limits in time, as they are in force: they run side by side, and the longest takes 30 s. */
t.jobs = 8;
t.setTimeout(90_000);
const SIDE_BY_SIDE = { buffered: true };

const ASKING = 'GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n';

interface Ending {
  readonly text: string;
  readonly seconds: number;
}

/** What the server says to a client, and when it ends the connection. */
async function ending(t: Test, client: Socket): Promise<Ending> {
  const began = performance.now();
  let text = '';
  client.setEncoding('latin1').on('data', (piece) => (text += piece));
  client.on('error', () => {});
  t.teardown(() => client.destroy());
  await new Promise((resolve) => client.on('close', resolve));
  return { text, seconds: (performance.now() - began) / 1000 };
}

/** Says a word a second, so that it is never silent. */
function drip(client: Socket, word: string): void {
  const timer = setInterval(() => client.write(word), 1000);
  client.on('close', () => clearInterval(timer));
}

function within(t: Test, { seconds }: Ending, least: number, most: number): void {
  t.ok(seconds >= least && seconds <= most, `after ${seconds.toFixed(1)} s`);
}

t.test('a client that says nothing is dropped after 10 s', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t);
  within(t, await ending(t, connect({ path })), 9, 25);
});

t.test('headers must end within 10 s', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t);
  const client = connect({ path });
  client.write('GET /v1/status HTTP/1.1\r\n');
  drip(client, 'x: y\r\n');
  const end = await ending(t, client);
  within(t, end, 9, 25);
  t.match(end.text, /^HTTP\/1.1 408 /);
});

t.test(
  'a client that does not read its answer is dropped after 20 s',
  SIDE_BY_SIDE,
  async (t) => {
    const { path } = await openControl(t, async () => largeStatus());
    const client = connect({ path });
    client.write(ASKING);
    client.pause();
    await sleep(25_000);
    const { text, seconds } = await ending(t, client.resume());
    t.ok(text.length < 500_000, `the rest is gone: it has ${text.length} bytes`);
    t.ok(seconds < 4, 'at once');
  },
);

t.test('a client has 30 s in all, whatever it does', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t, async () => largeStatus(500));
  const client = connect({ path });
  client.write(ASKING);
  let pause: NodeJS.Timeout | undefined;
  client.on('data', () => {
    client.pause();
    pause = setTimeout(() => client.resume(), 1200);
  });
  const end = await ending(t, client);
  clearTimeout(pause);
  within(t, end, 29, 36);
  t.ok(end.text.length < 2_500_000, 'in the middle of its answer');
});

/** A plan of a megabyte. */
const longPlan = async () =>
  ({ ok: true, changes: [], warnings: ['x'.repeat(1 << 20)] }) as const;
const PLAN = 'GET /v1/plan HTTP/1.1\r\nHost: x\r\n\r\n';

t.test(
  'who waited for an answer and does not read it is dropped as others',
  SIDE_BY_SIDE,
  async (t) => {
    const { path, desk } = await openControl(t, undefined, { plan: longPlan });
    for (let count = 0; count < 1_000; count++)
      desk.events.tell({ type: 'reload', ok: false, reason: 'x'.repeat(1_000) });
    const lines = ['prompt;set timeout cli 600;show plan\n', 'show events -w\n'];
    const clients = [PLAN, ...lines].map((said) => {
      const client = connect({ path });
      t.teardown(() => client.destroy());
      client.write(said);
      return client.pause();
    });
    await sleep(25_000);
    for (const client of clients) {
      const { text, seconds } = await ending(t, client.resume());
      t.ok(text.length < 500_000, `the rest is gone: it has ${text.length} bytes`);
      t.ok(seconds < 4, 'at once');
    }
  },
);

const UNREAD = {
  requests: ASKING,
  sessions: 'prompt;set timeout cli 600;show stat;show stat;show stat\n',
  'those who waited': PLAN,
};
for (const [who, said] of Object.entries(UNREAD))
  t.test(
    `${who} whose answers are not read keep nobody out`,
    SIDE_BY_SIDE,
    async (t) => {
      const status = async () => largeStatus();
      const { path } = await openControl(t, status, { plan: longPlan });
      for (let count = 0; count < 64; count++) {
        const client = connect({ path });
        t.teardown(() => client.destroy());
        client.on('error', () => {});
        client.write(said);
        client.pause();
      }
      await sleep(4_000);
      for (let row = 0; row < 5; row++)
        t.equal((await ask(path, '/v1/status')).status, 200);
      t.match(await raw(path, 'show version\n'), '2.6');
    },
  );

t.test('a status that takes longer than 5 s is given up', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t, () => new Promise(() => {}));
  const began = performance.now();
  const { status, text } = await ask(path, '/v1/status');
  t.match([status, text], [503, 'no answer from the director within 5 s']);
  t.ok(performance.now() - began < 20_000);
});

t.test('headers have at most 8 KiB', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t);
  const said = (length: number) =>
    raw(path, `GET /metrics HTTP/1.1\r\nHost: x\r\nx: ${'y'.repeat(length)}\r\n\r\n`);
  t.match(await said(7_000), /^HTTP\/1.1 200 /);
  t.match(await said(9_000), /^HTTP\/1.1 431 /);
});

t.test(
  'of requests in a row only the first is looked into',
  SIDE_BY_SIDE,
  async (t) => {
    const asked: number[] = [];
    const { path } = await openControl(t, async (checks) => {
      asked.push(checks);
      return statusDocument();
    });
    const requests = Array.from({ length: 20 }, (_, n) =>
      ASKING.replace('status', `status?checks=${n + 1}`),
    );
    await raw(path, requests.join(''));
    t.same(asked, [1]);
  },
);

t.test(
  'the body of a request is not taken in while it waits',
  SIDE_BY_SIDE,
  async (t) => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { path } = await openControl(t, () => held.then(() => statusDocument()));
    const client = connect({ path });
    client.write(ASKING.replace('\r\n\r\n', `\r\nContent-Length: ${1 << 30}\r\n\r\n`));
    const end = ending(t, client);
    let taken = 0;
    const piece = Buffer.alloc(16 << 10, 'x');
    const next = () => {
      taken += piece.length;
      client.write(piece, (error) => error || next());
    };
    next();
    await sleep(1000);
    t.ok(taken <= 1 << 20, `${taken} bytes are taken`);
    release();
    t.match(await end, { text: /^HTTP\/1.1 200 / });
  },
);
