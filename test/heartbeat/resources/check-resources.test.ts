import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { readHaCf } from '../../../lib/heartbeat/config/ha-cf.ts';
import { readHaResources } from '../../../lib/heartbeat/config/haresources.ts';
import { Programs } from '../../../lib/heartbeat/local/programs.ts';
import { checkResources } from '../../../lib/heartbeat/resources/check-resources.ts';
import { OcfAgent } from '../../../lib/heartbeat/resources/ocf.ts';
import { scriptEnvironment } from '../../../lib/heartbeat/resources/script-environment.ts';
import { Stage } from './stage.ts';

t.test('what cannot be is told with its line before anything starts', async (t) => {
  const stage = new Stage(t);
  stage.script('httpd');
  const { groups } = readHaResources(
    'lb1 10.1.1.19/24/eth0 httpd\nlb1 10.1.1.300 httpd\nlb2 x ocf::heartbeat\n',
    'haresources',
    ['lb1', 'lb2'],
  );
  const findings = await checkResources(groups, 'haresources', stage.folders);
  t.match(findings, [
    { line: 2, severity: 'error', message: /"10.1.1.300" is no address/ },
    { line: 3, severity: 'warning', message: /"x": no executable of that name/ },
    { line: 3, severity: 'error', message: /expected ocf::PROVIDER::AGENT/ },
  ]);
  t.equal(findings.length, 3);
});

t.test('an agent of Pacemaker’s is told its parameters', async (t) => {
  const stage = new Stage(t);
  const root = mkdtempSync(join(tmpdir(), 'l4d-ocf-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'resource.d/ours/thing');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `#!/bin/sh
case $1 in
start) touch ${root}/runs; echo "$OCF_RESKEY_device $OCF_RESKEY_options $OCF_RESOURCE_PROVIDER" > ${root}/told ;;
stop) [ -e ${root}/runs ] || exit 7; rm ${root}/runs ;;
monitor) [ -e ${root}/runs ] || exit 7 ;;
*) exit 3 ;;
esac
`,
  );
  chmodSync(path, 0o755);
  const { log, folders } = stage;
  const programs = new Programs();
  const words = ['ours', 'thing', 'device=/dev/vdb', 'options=a=b'];
  const agent = new OcfAgent(
    words,
    { log, folders, env: {}, ms: 10_000, programs },
    root,
  );
  const { signal } = new AbortController();
  t.notOk(await agent.isRunning(signal));
  await agent.start(signal);
  await agent.start(signal);
  t.ok(await agent.isRunning(signal));
  t.equal(readFileSync(join(root, 'told'), 'utf8'), '/dev/vdb a=b ours\n');
  await agent.stop(signal);
  await agent.stop(signal);
  t.same(
    log.lines.map((line) => line.split(' ').at(-1)),
    ['start', 'stop', 'stop'],
  );
  const how = { log, folders, env: {}, ms: 1, programs };
  const missing = new OcfAgent(['ours', 'other'], how, root);
  await t.rejects(missing.start(signal), { message: /no agent .*ours\/other/ });
  await missing.stop(signal);
  t.match(log.lines.at(-1), /no agent .*ours\/other: none to stop/);
});

t.test('scripts are told where Heartbeat logs, as far as ha.cf says so', async (t) => {
  const { config } = readHaCf(
    'node lb1 lb2\nbcast lo\nlogfile /var/log/ha-log\n',
    '/etc/ha.d/ha.cf',
    'lb1',
  );
  t.ok(config);
  if (config)
    t.same(scriptEnvironment('lb1', config, '/etc/ha.d'), {
      HA_CURHOST: 'lb1',
      HA_DIR: '/etc/ha.d',
      HA_RCDIR: '/etc/ha.d/rc.d',
      HA_LOGTAG: 'ResourceManager',
      HA_LOGFILE: '/var/log/ha-log',
    });
});
