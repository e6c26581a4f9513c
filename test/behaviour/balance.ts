import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { server } from '../lab/daemon.ts';
import { alternates, logs, start, weighs } from './steps.ts';
import type { Scenario } from './suite.ts';

/** checkinterval + checktimeout of examples/seed.cf. */
const WITHIN = (2 + 10) * 1000;
const SEED = { example: 'seed.cf' };

/** What a director is for. */
export const balance: readonly Scenario[] = [
  {
    name: 'a server leaves when its page loses the words, and comes back with them',
    config: SEED,
    async play(stage, t) {
      const { web1 } = stage.web;
      await start(stage, t);
      await alternates(stage, t, ['web1', 'web2']);

      await web1.page('Something else');
      const took = await weighs(stage, web1, 0, WITHIN);
      t.ok(took <= WITHIN, `dropped after ${Math.round(took)} ms`);
      await alternates(stage, t, ['web2']);

      await web1.page('This is the Test Page of old');
      await weighs(stage, web1, 1, WITHIN);
      await alternates(stage, t, ['web1', 'web2']);
      await logs(
        stage,
        t,
        /^Quiescent real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(Weight set to 0\)/,
        /^Restored real server: 10\.1\.1\.21:80 \(10\.1\.1\.19:80\) \(Weight set to 1\)/,
      );
    },
  },
  {
    name: 'the fallback serves while every server is down, and only then',
    config: SEED,
    async play(stage, t) {
      const { web1, web2 } = stage.web;
      await stage.apache(stage.director, '127.0.0.1:80');
      await start(stage, t);
      await web1.stop();
      await weighs(stage, web1, 0, WITHIN);
      await alternates(stage, t, ['web2']);

      await web2.page('Out of order');
      await stage.daemon.until(({ fallbackActive }) => fallbackActive, WITHIN);
      await alternates(stage, t, ['director']);

      await web1.start();
      await stage.daemon.until(({ fallbackActive }) => !fallbackActive, WITHIN);
      await alternates(stage, t, ['web1']);
      await logs(
        stage,
        t,
        /^Quiescent real server: 10\.1\.1\.22:80 \(10\.1\.1\.19:80\) \(Weight set to 0\)/,
        /^Added fallback server: 127\.0\.0\.1:80 \(10\.1\.1\.19:80\) \(Weight set to 1\)/,
        /^Deleted fallback server: 127\.0\.0\.1:80 \(10\.1\.1\.19:80\)/,
      );
    },
  },
  {
    name: 'a download that runs when its server is quiesced comes to its end',
    config: SEED,
    async play(stage, t) {
      const { web1, web2 } = stage.web;
      const { client, daemon } = stage;
      // The kernels' buffers swallow some 15 MB: of less, the server would soon be rid.
      const bytes = Buffer.alloc(120_000_000, 'l4director\n');
      await writeFile(join(web1.root, 'large'), bytes);
      await web2.stop();
      await start(stage, t);
      const url = `${stage.url}large`;
      const download = client.do('download', url, 10_000_000);
      await client.do('downloadBegan', url);

      await web2.start();
      await weighs(stage, web2, 1, WITHIN);
      await web1.page('Something else');
      await weighs(stage, web1, 0, WITHIN);
      const quiesced = server(await daemon.service(), web1.id);
      t.equal(quiesced.activeConnections, 1, 'it is still running');
      await alternates(stage, t, ['web2'], 4);
      t.match(await download, {
        outcome: 'ok',
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    },
  },
];
