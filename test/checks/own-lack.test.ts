import { execFile } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { LackNews } from '../../lib/checks/own-lack.ts';
import { rawServer } from '../support/raw-server.ts';

const FIXTURE = `./fixtures/starved-checks${extname(import.meta.url)}`;

t.test('a check that finds no descriptor says nothing of the server', async (t) => {
  const server = await rawServer(t, (socket) => void socket.end());
  const file = fileURLToPath(new URL(FIXTURE, import.meta.url));
  const { stdout } = await promisify(execFile)('sh', [
    ...['-c', 'ulimit -n 80 && exec "$0" "$@"'],
    ...[process.execPath, file, String(server.port)],
  ]);
  const { kept, starved, after, lines } = JSON.parse(stdout);
  t.ok(kept, 'who is in maintenance stays there');
  t.strictSame(starved, []);
  t.strictSame(after, [
    'connect true',
    'dns false',
    'external true',
    'maintained true',
  ]);
  t.match(lines, [/^No file descriptors left for checks \(EMFILE\): .*LimitNOFILE/]);
  t.equal(lines.length, 1);
});

t.test('that is said once a minute', async (t) => {
  const lines: string[] = [];
  let now = 0;
  const news = new LackNews(
    (line) => void lines.push(line),
    () => now,
  );
  for (now of [0, 59_999, 60_000]) news.came('ENFILE');
  t.equal(lines.length, 2);
});
