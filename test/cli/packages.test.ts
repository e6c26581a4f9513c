import { spawn } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Installation, manifest } from '../support/installation.ts';
import { lab } from '../support/lab.ts';
import { packageRegistry } from '../support/package-registry.ts';
import { collect, freePort, until } from '../support/site.ts';

/** The n-th service of a file: six lines, of which `service` or `checktype` is the fourth. */
function service(index: number, ...lines: readonly string[]): string {
  return [
    `virtual=127.0.0.${index}:8080`,
    'real=127.0.0.1:8081 masq',
    'quiescent=yes',
    ...lines,
  ]
    .join('\n    ')
    .concat('\n\n');
}

/** The folder is under /tmp: beneath the clone its packages would be found. */
function aFolder(t: Test): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'l4director-install-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function aConfig(folder: string, text: string): string {
  const file = join(folder, 'a.cf');
  writeFileSync(file, text);
  return file;
}

const MYSQL = service(1, 'service=mysql', 'login="monitor"', 'request="select 1"');
const VERSIONS = manifest().optionalDependencies;

t.test('the command to install a missing package fits the place', async (t) => {
  const folder = aFolder(t);
  const wanted = `mysql2@${VERSIONS.mysql2}`;
  for (const [what, place, command] of [
    [
      'global',
      'usr/lib/node_modules/l4director',
      `npm install --global --prefix ${folder}/usr ${wanted}`,
    ],
    [
      'a project',
      'site/node_modules/l4director',
      `npm install --prefix ${folder}/site ${wanted}`,
    ],
    ['a clone', 'clone', `npm install --prefix ${folder}/clone --no-save ${wanted}`],
    ['a blank', 'a b', `npm install --prefix '${folder}/a b' --no-save ${wanted}`],
  ] as const)
    await t.test(what, async (t) => {
      const installation = new Installation(join(folder, place));
      const file = aConfig(folder, MYSQL);
      t.strictSame(await installation.run(file, 'configtest'), {
        code: 2,
        stdout: '',
        stderr: `${file}:4: service mysql needs the npm package mysql2, which is not installed; install it with "${command}"\n`,
      });
    });
});

t.test('the command works, and then the config is good', lab('npm'), async (t) => {
  const registry = await packageRegistry(t, 'mysql2', VERSIONS.mysql2 ?? '');
  const folder = aFolder(t);
  const installation = new Installation(
    join(folder, 'usr/lib/node_modules/l4director'),
  );
  const file = aConfig(folder, MYSQL);
  const { stderr } = await installation.run(file, 'configtest');
  const command = /install it with "(.*)"\n$/.exec(stderr)?.[1] ?? 'false';
  const npm = await collect(
    spawn('sh', ['-c', command], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        npm_config_registry: registry,
        npm_config_audit: 'false',
        npm_config_update_notifier: 'false',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  t.equal(npm.code, 0, npm.stderr);
  t.match(await installation.run(file, 'configtest'), {
    code: 0,
    stdout: 'good: 1 virtual service',
    stderr: '',
  });
});

t.test('a director goes on with what it has, until a reload', async (t) => {
  const folder = aFolder(t);
  const installation = new Installation(join(folder, 'clone'));
  const ports = [await freePort(), await freePort()] as const;
  const file = aConfig(
    folder,
    `checkinterval=1
quiescent=yes
logfile="${folder}/log"
virtual=127.0.0.1:${ports[0]}
    real=127.0.0.1:1 masq
    service=mysql
    login="monitor"
    request="select 1"
virtual=127.0.0.1:${ports[1]}
    real=127.0.0.1:1 masq
    checktype=on
`,
  );
  const run = (action: string, ...more: readonly string[]) =>
    installation.run('--runtime-dir', folder, file, action, ...more);
  const services = async () => {
    const { stdout } = await run('show', '--json');
    return stdout === '' ? [] : JSON.parse(stdout).services;
  };
  t.teardown(() => run('stop'));
  const { code, stderr } = await run('start');
  t.equal(code, 0, stderr);
  t.match(stderr, /a\.cf:6: warning: service mysql needs the npm package mysql2, /);
  t.match(await services(), [
    {
      state: 'down',
      problem: /^service mysql needs the npm package mysql2, .*npm install/,
      reals: [{ state: 'unchecked' }],
    },
    { state: 'up', problem: null },
  ]);
  const isLogged = () =>
    /Not checked: .* needs .* mysql2/.test(readFileSync(join(folder, 'log'), 'utf8'));
  await until(isLogged, 'the line of the log');
  installation.link('mysql2');
  await run('reload');
  await until(async () => {
    const [first] = await services();
    return first.problem === null && first.reals[0].state === 'down';
  }, 'the check of mysql');
  await run('stop');
});

t.test('which package each kind of check needs', async (t) => {
  const folder = aFolder(t);
  const installation = new Installation(join(folder, 'clone'));
  const request = ['login="monitor"', 'request="select 1"'];
  const packages: readonly (readonly [string, string, readonly string[]])[] = [
    ['dns-packet', 'service dns', ['service=dns', 'receive="."']],
    ['mysql2', 'service mysql', ['service=mysql', ...request]],
    ['oracledb', 'service oracle', ['service=oracle', ...request]],
    ['mysql2', 'service mysql', ['checktype=3', 'service=mysql', ...request]],
    ['net-ping', 'checktype ping', ['checktype=ping']],
    ['net-ping', 'checktype connect over UDP', ['checktype=connect', 'protocol=udp']],
    [
      'net-ping',
      'checktype 3 over UDP',
      ['checktype=3', 'protocol=udp', 'service=sip'],
    ],
    [
      'nodemailer',
      'smtp = mx.lab.test',
      ['smtp=mx.lab.test', 'checktype=on', 'emailalert="a@lab.test"'],
    ],
  ];
  const none = [
    ['checktype=connect', 'service=mysql', ...request],
    ['checktype=off', 'service=mysql', ...request],
    ['checktype=on', 'protocol=udp'],
    ['service=http'],
    ['service=pgsql', ...request],
    ['service=sip', 'protocol=udp'],
    ['checktype=on', 'emailalert="a@lab.test"'],
    ['checktype=on', 'smtp=mx.lab.test'],
  ];
  const text = [...packages.map(([, , lines]) => lines), ...none]
    .map((lines, index) => service(index + 1, ...lines))
    .join('');
  const file = aConfig(folder, text);
  const { code, stderr } = await installation.run(file, 'configtest');
  t.equal(code, 2);
  const lines = stderr.trimEnd().split('\n');
  t.equal(lines.length, packages.length, stderr);
  let at = 4;
  for (const [index, [name, what, own]] of packages.entries()) {
    const start = `${file}:${at}: ${what} needs the npm package ${name}, which`;
    const line = lines[index] ?? '';
    t.ok(line.startsWith(start), line);
    t.ok(line.endsWith(` ${name}@${VERSIONS[name]}"`), line);
    at += own.length + 4;
  }
  // The clone has no net-ping where it could not be compiled.
  await t.test('with all of them the config is good', lab('net-ping'), async (t) => {
    for (const name of new Set(packages.map(([name]) => name))) installation.link(name);
    t.match(await installation.run(file, 'configtest'), { code: 0, stderr: '' });
  });
});

t.test('one line that stands for many services is told of once', async (t) => {
  const folder = aFolder(t);
  const installation = new Installation(join(folder, 'clone'));
  const mail = 'emailalert="a@lab.test"\nsmtp=mx.lab.test\n';
  const on = [1, 2, 3].map((index) => service(index, 'checktype=on')).join('');
  const { code, stderr } = await installation.run(
    aConfig(folder, mail + on),
    'configtest',
  );
  t.equal(code, 2);
  t.match(
    stderr,
    /^\S+a\.cf:2: smtp = mx\.lab\.test needs the npm package nodemailer[^\n]+\n$/,
  );
});

t.test('mail without its package fails in the words of configtest', async (t) => {
  const folder = aFolder(t);
  const installation = new Installation(join(folder, 'clone'));
  const route = join(installation.folder, 'dist/lib/alerts/smtp-route.js');
  const script = `const { smtpRoute } = await import(${JSON.stringify(route)});
    const route = smtpRoute('127.0.0.1', { user: 'root', host: 'lab' }, { port: 1 });
    route.send([], () => {}, new AbortController().signal).catch(({ message }) =>
      process.stdout.write(message));`;
  const send = () =>
    collect(spawn(process.execPath, ['--input-type=module', '--eval', script]));
  const mail = ['smtp=mx.lab.test', 'checktype=on', 'emailalert="a@lab.test"'];
  const file = aConfig(folder, service(1, ...mail));
  const { stderr } = await installation.run(file, 'configtest');
  const [, words] = / needs (.*)\n$/.exec(stderr) ?? [];
  t.equal((await send()).stdout, `mail over SMTP needs ${words}`);
  installation.link('nodemailer');
  t.match((await send()).stdout, 'ECONNREFUSED');
});
