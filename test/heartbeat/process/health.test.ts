import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readHaResources } from '../../../lib/heartbeat/config/haresources.ts';
import { Health, watchedIn } from '../../../lib/heartbeat/process/health.ts';
import { until } from '../../support/site.ts';

/** A director's socket, which answers with that status. */
async function director(t: Test, folder: string) {
  const answer = { status: 200 };
  const server: Server = createServer(({ url }, response) => {
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

function watching(t: Test, line: string, isHere: () => boolean | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'l4h-')); // a socket's path must be short
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { groups } = readHaResources(line, 'haresources', ['lb1', 'lb2']);
  const heard: boolean[] = [];
  const health = new Health({
    watched: watchedIn(groups, folder),
    everyMs: 20,
    isHere,
    said: (isWell) => heard.push(isWell),
  });
  t.teardown(() => health.stop());
  health.start();
  return { folder, heard };
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
  const line = 'lb1 10.1.1.19 l4director::a.cf\n';
  const { heard } = watching(t, line, () => known.isHere);
  await quiet();
  known.isHere = undefined;
  await quiet();
  t.strictSame(heard, [], 'not here, or on its way');
  known.isHere = true;
  await until(() => heard.at(-1) === false, 'missing where it should be');
});

t.test('other resources are not asked', async (t) => {
  const { groups } = readHaResources('lb1 10.1.1.19 httpd\n', 'haresources', ['lb1']);
  t.strictSame(watchedIn(groups, '/run'), []);
});
