import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { balanced } from '../support/balanced-host.ts';
import { lab } from '../support/lab.ts';
import { copyOf, packaged } from '../support/packaged.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** What is on the private host. */
const PROGRAM = '/usr/sbin/ldirectord';

function example(path: string): string {
  return readFileSync(join(EXAMPLES, path), 'utf8');
}

t.test(
  'the examples find the director that the unit starts as it is installed',
  lab('root', 'namespaces', 'ldirectord', 'curl'),
  async (t) => {
    const { host } = await balanced(t);
    const [, name = '?'] =
      /^CONFIG="(.*)"$/m.exec(
        readFileSync(packaged('etc/default/l4director'), 'utf8'),
      ) ?? [];
    const start = [...name.split(' ').filter(Boolean), 'start'];
    t.match(await host.run(PROGRAM, ...start), { code: 0, stderr: '' });
    const scripts = [
      ...example('keepalived/keepalived.conf').matchAll(/^ +script "(.+)"$/gm),
    ].map(([, script = '']) => script);
    t.equal(scripts.length, 2);
    for (const script of scripts)
      t.match(await host.run('sh', '-c', script), { code: 0 }, script);
    const [, socket = ''] =
      /^socket=(.+)$/m.exec(example('bird/l4director-announce')) ?? [];
    t.match(await host.run('test', '-S', socket), { code: 0 }, socket);
    const path = '../../examples/keepalived/l4director-notify';
    const notify = copyOf(path, join(host.site.folder, 'notify'), PROGRAM);
    t.match(await host.run(notify, 'INSTANCE', 'lb', 'BACKUP', '90'), {
      code: 0,
      stdout: 'standby (was active)\n',
    });
  },
);
