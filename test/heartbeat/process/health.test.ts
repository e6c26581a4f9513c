import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readHaResources } from '../../../lib/heartbeat/config/haresources.ts';
import { Health, watchedIn } from '../../../lib/heartbeat/process/health.ts';
import { until } from '../../support/site.ts';

const REST_MS = 6000;
/** It runs where its group is. */
const COLD = 'lb1 10.1.1.19 l4director::a.cf\n';

/** A director's socket, which answers with that status. */
async function director(t: Test, folder: string) {
  const answer = { status: 200, asked: 0 };
  const server: Server = createServer(({ url }, response) => {
    answer.asked++;
    response.statusCode = url === '/v1/ready' ? answer.status : 404;
    response.end('{}');
  });
  server.listen(join(folder, 'l4director.a.cf.sock'));
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(close);
  return { answer, close };
}

function watching(
  t: Test,
  line: string,
  isHere: () => boolean | undefined,
  everyMs = 20,
) {
  const folder = mkdtempSync(join(tmpdir(), 'l4h-')); // a socket's path must be short
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { groups } = readHaResources(line, 'haresources', ['lb1', 'lb2']);
  const heard: boolean[] = [];
  const health = new Health({
    watched: watchedIn(groups, folder),
    everyMs,
    restMs: REST_MS,
    isHere,
    said: (isWell) => heard.push(isWell),
  });
  t.teardown(() => health.stop());
  health.start();
  return { folder, heard, health };
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, 300));

t.test('a director that serves nobody is ill, and gets well', async (t) => {
  const line = 'lb1 10.1.1.19 l4director::/etc/ha.d/a.cf::warm\n';
  const { folder, heard } = watching(t, line, () => false);
  const { answer, close } = await director(t, folder);
  await until(() => heard.length === 0 || heard.at(-1) === true, 'an answer');
  answer.status = 503;
  await until(() => heard.at(-1) === false, 'it to be ill');
  answer.status = 200;
  await until(() => heard.at(-1) === true, 'it to be well');
  close();
  await until(() => heard.at(-1) === false, 'one that is gone to be ill');
});

t.test('one that runs where the address is may be missing elsewhere', async (t) => {
  const known: { isHere: boolean | undefined } = { isHere: false };
  const { heard } = watching(t, COLD, () => known.isHere);
  await quiet();
  known.isHere = undefined;
  await quiet();
  t.strictSame(heard, [], 'not here, or on its way');
  known.isHere = true;
  await until(() => heard.at(-1) === false, 'missing where it should be');
});

t.test('one that was ill and went with its group is not taken for well', async (t) => {
  const known: { isHere: boolean | undefined } = { isHere: true };
  const { folder, heard } = watching(t, COLD, () => known.isHere);
  const { answer, close } = await director(t, folder);
  answer.status = 503;
  await until(() => heard.at(-1) === false, 'it to be ill');
  known.isHere = undefined;
  close();
  await quiet();
  known.isHere = false;
  const since = performance.now();
  await quiet();
  t.strictSame(heard, [false], 'the other node keeps what it got');
  await until(() => heard.at(-1) === true, 'it to be tried again');
  t.ok(performance.now() - since > REST_MS / 2, 'after a while');
});

t.test('one that is well where its group came back to is well at once', async (t) => {
  const known = { isHere: true };
  const { folder, heard } = watching(t, COLD, () => known.isHere);
  await until(() => heard.at(-1) === false, 'one that does not answer to be ill');
  known.isHere = false;
  await quiet();
  known.isHere = true;
  await director(t, folder);
  await until(() => heard.at(-1) === true, 'it to be well');
  t.strictSame(heard, [false, true]);
});

t.test('one that came is asked at once', async (t) => {
  const known = { isHere: true };
  const { folder, heard, health } = watching(t, COLD, () => known.isHere, 10_000);
  await until(() => {
    if (heard.at(-1) === false) return true;
    health.hurry();
    return false;
  }, 'it to be ill');
  await director(t, folder);
  const since = performance.now();
  health.hurry();
  await until(() => heard.at(-1) === true, 'it to be well');
  t.ok(performance.now() - since < 8000);
});

t.test('ldirectord itself has nobody who answers, and is not ill', async (t) => {
  const line = COLD.replace('l4director', 'ldirectord');
  const { folder, heard } = watching(t, line, () => true);
  await quiet();
  t.strictSame(heard, []);
  const { answer, close } = await director(t, folder);
  await until(() => answer.asked > 1, 'it to have answered');
  close();
  await until(() => heard.at(-1) === false, 'one of ours of that name to be ill');
});

t.test('other resources are not asked', async (t) => {
  const { groups } = readHaResources('lb1 10.1.1.19 httpd\n', 'haresources', ['lb1']);
  t.strictSame(watchedIn(groups, '/run'), []);
});

t.test(
  'groups that move while a director is being asked have it asked again',
  async (t) => {
    const { folder, health } = watching(t, COLD, () => true, 60_000);
    let asked = 0;
    let answer = () => {};
    const server = createServer((_request, response) => {
      asked++;
      answer = () => response.end();
    });
    await once(server.listen(join(folder, 'l4director.a.cf.sock')), 'listening');
    t.teardown(() => server.close());
    health.hurry();
    await until(() => asked === 1, 'the first question');
    health.hurry();
    answer();
    await until(() => asked === 2, 'the second');
    answer();
  },
);
