import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startServer } from './server.ts';

const PROGRAMS = '/usr/lib/news/bin';
const AS_NEWS = ['--reuid=news', '--regid=news', '--init-groups'];

/** Debian's INN until the test ends, with a spool and groups of its own; needs innd, root.
 *  @param readers  addresses that may read, by commas; all others get 502 as their greeting
 *  @returns its port */
export async function startInnd(
  t: Pick<Test, 'teardown'>,
  readers = '127.0.0.1, ::1',
): Promise<number> {
  const { ports } = await startServer(t, {
    name: 'innd',
    ports: 1,
    // It heeds SIGTERM only when something else wakes it.
    ending: 'SIGKILL',
    prepare(folder, [port = 0]) {
      const env = { INNCONF: join(folder, 'inn.conf') };
      for (const [name, text] of Object.entries(files(folder, readers)))
        writeFileSync(join(folder, name), text);
      for (const name of FOLDERS) mkdirSync(join(folder, name));
      execFileSync('chown', ['-R', 'news:news', folder]);
      const indexing = [...AS_NEWS, `${PROGRAMS}/makedbz`, '-i', '-o'];
      execFileSync('setpriv', indexing, { env, stdio: 'pipe' });
      const listening = ['-P', String(port), '-4', '127.0.0.1', '-6', '::1'];
      const args = [...AS_NEWS, `${PROGRAMS}/innd`, '-d', ...listening];
      return { command: 'setpriv', args, env };
    },
  });
  return ports[0] ?? 0;
}

const FOLDERS = ['articles', 'overview', 'incoming', 'incoming/bad', 'outgoing', 'run'];

function files(folder: string, readers: string): Readonly<Record<string, string>> {
  return {
    'inn.conf': `
organization: lab
pathhost: news.lab.test
domain: lab.test
mta: /bin/true
ovmethod: tradindexed
hismethod: hisv6
pathnews: /usr/lib/news
patharticles: ${folder}/articles
pathoverview: ${folder}/overview
pathincoming: ${folder}/incoming
pathoutgoing: ${folder}/outgoing
pathrun: ${folder}/run
${['etc', 'db', 'log', 'spool', 'filter', 'http', 'archive', 'tmp'].map((name) => `path${name}: ${folder}`).join('\n')}
`,
    'readers.conf': `
auth lab { hosts: "${readers}" default: reader }
access lab { users: reader newsgroups: * }
`,
    newsfeeds: 'ME:*::\n',
    'storage.conf': 'method tradspool { newsgroups: * class: 0 }\n',
    active: 'control 0 1 n\ncontrol.cancel 0 1 n\njunk 0 1 n\n',
    history: '',
    'incoming.conf': '',
    'expire.ctl': '',
  };
}
