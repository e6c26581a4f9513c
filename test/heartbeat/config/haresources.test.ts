import t from 'tap';
import { readHaResources } from '../../../lib/heartbeat/config/haresources.ts';

const read = (text: string) =>
  readHaResources(text, '/etc/ha.d/haresources', ['lb1', 'lb2']);

t.test('groups, with an address as an argument of IPaddr', async (t) => {
  const { groups, findings } = read('# ours\nLB1 10.1.1.19/24/eth0 httpd\n');
  t.same(findings, []);
  t.same(groups, [
    {
      node: 'lb1',
      key: '10.1.1.19/24/eth0',
      line: 2,
      resources: [
        { script: 'IPaddr', args: ['10.1.1.19/24/eth0'] },
        { script: 'httpd', args: [] },
      ],
    },
  ]);
});

t.test('arguments, lines that go on, and several groups of one node', async (t) => {
  const { groups } = read(
    'lb1 10.1.1.19 \\\n  l4director::ldirectord.cf a::b::/dev/x # end\n\nlb1 web\nlb2 10.1.1.20\n',
  );
  t.same(
    groups.map(({ key, line, resources }) => [
      line,
      key,
      ...resources.map(({ args }) => args),
    ]),
    [
      [1, '10.1.1.19', ['10.1.1.19'], ['ldirectord.cf'], ['b', '/dev/x']],
      [4, 'web', []],
      [5, '10.1.1.20', ['10.1.1.20']],
    ],
  );
});

for (const [text, line, message] of [
  ['lb3 10.1.1.19\n', 1, '"lb3" is no node of ha.cf (lb1, lb2)'],
  ['\nlb1\n', 2, '"lb1" has no resource'],
  ['lb1 web\nlb2 web x\n', 2, '"web" begins a line a second time'],
] as const)
  t.test(`refused: ${JSON.stringify(text)}`, async (t) => {
    const { findings } = read(text);
    t.match(findings, [{ line, severity: 'error' }]);
    t.ok(findings[0]?.message.includes(message), message);
  });

t.test('no line at all is a file of nobody', async (t) => {
  t.same(read('\n# nothing\n'), { groups: [], findings: [] });
});
