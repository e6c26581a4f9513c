import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';
import { Installation, manifest } from '../support/installation.ts';
import { lab } from '../support/lab.ts';

/** The folder is under /tmp: beneath the clone its packages would be found. */
function aFolder(t: Test): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'l4director-install-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Gives it a net-ping with no sockets, and a raw-socket that is loaded by that text; to compile
 *  it is to make the text empty. */
function give({ folder }: Installation, rawSocket: string): void {
  const put = (name: string, index: string, scripts = {}) => {
    const place = join(folder, 'node_modules', name);
    mkdirSync(place);
    const text = JSON.stringify({ name, version: '1.0.0', scripts });
    writeFileSync(join(place, 'package.json'), text);
    writeFileSync(join(place, 'index.js'), index);
  };
  const session = "throw new Error('none today')";
  const netPing = `require('raw-socket'); exports.createSession = () => { ${session} };`;
  put('net-ping', netPing);
  put('raw-socket', rawSocket, { install: 'echo > index.js' });
}

/** What its ping check says of why it cannot be made. */
async function problemOf({ folder }: Installation): Promise<string> {
  const file = join(folder, 'dist/lib/checks/ping.js');
  const { openPing } = await import(pathToFileURL(file).href);
  const { message } = await openPing().catch((error: unknown) => error);
  return String(message);
}

const OTHER_NODE = `The module '/x/raw.node'
was compiled against a different Node.js version using
NODE_MODULE_VERSION 115. This version of Node.js requires
NODE_MODULE_VERSION 137. Please try re-compiling or re-installing
the module (for instance, using \`npm rebuild\` or \`npm install\`).`;

t.test('a raw-socket that cannot be loaded is to be compiled', async (t) => {
  for (const [what, rawSocket, why] of [
    [
      'for another Node',
      `throw new Error(${JSON.stringify(OTHER_NODE)})`,
      "The module '/x/raw.node' was compiled against a different Node.js version using NODE_MODULE_VERSION 115. This version of Node.js requires NODE_MODULE_VERSION 137.",
    ],
    ['not at all', "require('./raw.node')", "Cannot find module './raw.node'"],
  ] as const)
    await t.test(what, async (t) => {
      const installation = new Installation(join(aFolder(t), 'clone'));
      give(installation, rawSocket);
      t.equal(
        await problemOf(installation),
        `ping needs raw-socket, which cannot be loaded (${why}): compile it for this Node with "npm rebuild --prefix ${installation.folder} raw-socket" (that takes g++, make and python3), or use checktype=connect`,
      );
    });
});

t.test('the command works wherever it is, without a restart', lab('npm'), async (t) => {
  const broken = `throw new Error(${JSON.stringify(OTHER_NODE)})`;
  for (const [what, place, options] of [
    ['global', 'usr/lib/node_modules/l4director', '--global --prefix FOLDER/usr'],
    ['a project', 'site/node_modules/l4director', '--prefix FOLDER/site'],
    ['a clone', 'a clone', "--prefix 'FOLDER/a clone'"],
  ] as const)
    await t.test(what, async (t) => {
      const folder = aFolder(t);
      const installation = new Installation(join(folder, place));
      give(installation, broken);
      const [, command = ''] = /with "(.*)"/.exec(await problemOf(installation)) ?? [];
      t.equal(command, `npm rebuild ${options.replace('FOLDER', folder)} raw-socket`);
      const { status, stderr } = spawnSync('sh', ['-c', command], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: folder, npm_config_offline: 'true' },
      });
      t.equal(status, 0, stderr);
      t.match(await problemOf(installation), /needs a raw socket \(none today\)/);
    });
});

t.test('a net-ping that is missing is to be installed', async (t) => {
  const installation = new Installation(join(aFolder(t), 'clone'));
  const wanted = `net-ping@${manifest().optionalDependencies['net-ping']}`;
  t.equal(
    await problemOf(installation),
    `ping needs the npm package net-ping, which is not installed; install it with "npm install --prefix ${installation.folder} --no-save ${wanted}", or use checktype=connect`,
  );
});
