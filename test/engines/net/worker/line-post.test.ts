import t from 'tap';
import type { FromWorker } from '../../../../lib/engines/net/protocol.ts';
import { LinePost } from '../../../../lib/engines/net/worker/log/line-post.ts';
import { until } from '../../../support/engine-rig.ts';

type Lines = Extract<FromWorker, { type: 'lines' }>;

function post() {
  const posts: Lines[] = [];
  const lines = new LinePost((message) => {
    if (message.type === 'lines') posts.push(message);
  });
  return { posts, lines };
}

/** Fills a post of 64 KB. */
const LONG = `${'x'.repeat(65_535)}\n`;

t.test('lines of a moment go together, in their order', async (t) => {
  const { posts, lines } = post();
  lines.push('a\n');
  lines.push('b\n');
  t.same(posts, [], 'not one by one');
  await until(() => posts.length > 0);
  t.same(posts, [{ type: 'lines', text: 'a\nb\n', lines: 2, dropped: 0 }]);
});

t.test('while nobody takes them some wait, and the rest is counted', async (t) => {
  const { posts, lines } = post();
  for (let n = 0; n < 40; n++) lines.push(LONG);
  t.equal(posts.length, 32);
  for (let n = 0; n < 32; n++) lines.taken();
  await until(() => posts.length === 33);
  t.match(posts[32], { lines: 1, dropped: 7 }, 'what had room, and what had not');
  lines.end();
  t.equal(posts.length, 33, 'the loss is told once');
});

t.test('at the end all is posted, taken or not, and nothing after it', async (t) => {
  const { posts, lines } = post();
  for (let n = 0; n < 33; n++) lines.push(LONG);
  lines.push('a\n');
  lines.end();
  lines.push('b\n');
  t.match(posts.at(-1), { lines: 1, dropped: 1 });
  t.equal(posts.length, 33);
});
