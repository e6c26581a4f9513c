import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Diagnostic, formatDiagnostic } from '../../lib/config/config.ts';
import { findCycles } from '../../lib/config/cycles.ts';
import { createFindings } from '../../lib/config/findings.ts';
import { readConfig } from '../../lib/config/index.ts';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';

/** Of services A, B, C ... at 10.1.1.1:80, 10.1.1.2:80 ..., each with these lines: what is refused, and what is warned of. */
async function found(
  t: Test,
  services: readonly (readonly string[])[],
  ini = '',
): Promise<{ errors: readonly string[]; warnings: readonly string[] }> {
  const sections = services.map((lines, at) =>
    [`virtual=10.1.1.${at + 1}:80`, ...lines, 'checktype=ping'].join('\n    '),
  );
  const text = `quiescent=no\n${sections.join('\n')}\n`;
  const folder = t.testdir({ 'a.cf': text, 'a.cf.ini': ini });
  const read = await readConfig(join(folder, 'a.cf'));
  const lines = (all: readonly Diagnostic[]) =>
    all.map((one) => formatDiagnostic(one).replace(`${folder}/`, ''));
  const { warnings } = read.ok ? read.config : read;
  return { errors: lines(read.ok ? [] : read.errors), warnings: lines(warnings) };
}

async function refused(
  t: Test,
  services: readonly (readonly string[])[],
  ini = '',
): Promise<readonly string[]> {
  return (await found(t, services, ini)).errors;
}

/** An engine for each of them. */
const engines = (...names: readonly string[]) =>
  names
    .map((name, at) => `[service tcp:10.1.1.${at + 1}:80]\nengine = ${name}\n`)
    .join('');

const real = (place: string, method = 'masq') => `real=${place} ${method}`;
const A = real('10.1.1.1:80');
const B = real('10.1.1.2:80');
const C = real('10.1.1.3:80');
const WEB = real('10.0.0.2:80');
const END =
  ': expected a server that is none of these services, as one client would take all descriptors';

t.test('a cycle is refused with its line and the path', async (t) => {
  t.strictSame(await refused(t, [[WEB, B], [C], [WEB, A]]), [
    `a.cf:11: clients of tcp:10.1.1.1:80 would come back to it without end: its real server 10.1.1.2:80 is tcp:10.1.1.2:80, whose real server 10.1.1.3:80 is tcp:10.1.1.3:80, whose real server 10.1.1.1:80 is tcp:10.1.1.1:80${END}`,
  ]);
  t.match(
    await refused(t, [[WEB], [C], [B, A]]),
    [/^a\.cf:9: clients of tcp:10\.1\.1\.2:80 would/],
    'one that does not come back to the first service',
  );
  const both = await refused(t, [[B], [A], [real('10.1.1.4:80')], [C]]);
  t.equal(both.length, 2, 'all of them');
});

t.test('by names and at the port of the service', async (t) => {
  const names = '[service tcp:10.1.1.1:80]\nsni = a.example 10.1.1.2:80\n';
  t.match(await refused(t, [[WEB], [C], [A]], names), [
    /^a\.cf:9: .*: its names lead to tcp:10\.1\.1\.2:80, whose real server 10\.1\.1\.3:80 is tcp:10\.1\.1\.3:80, whose real server 10\.1\.1\.1:80 is/,
  ]);
  t.match(
    await refused(t, [[real('10.1.1.2:99', 'gate')], [A]]),
    [/its real server 10\.1\.1\.2:80 is tcp:/],
    "gate keeps the service's port",
  );
});

t.test('what takes clients only while others do not is warned of', async (t) => {
  const spare = '[service tcp:10.1.1.2:80]\nspares = 10.1.1.1:80 masq\n';
  const fallbacks = '[service tcp:10.1.1.2:80]\nfallbacks = 10.1.1.1:80 masq\n';
  const back = [
    [WEB, 'fallback=10.1.1.2:80'],
    [WEB, 'fallback=10.1.1.1:80'],
  ];
  const cases: readonly [readonly (readonly string[])[], string, RegExp][] = [
    [back, '', /^a\.cf:2: .*whose fallback 10\.1\.1\.1:80 is/],
    [
      [[WEB, 'fallback=10.1.1.2:80 masq'], [A]],
      '',
      /^a\.cf:7: .*its fallback 10\.1\.1\.2:80 is tcp:10\.1\.1\.2:80, whose real server/,
    ],
    [[[B], [WEB]], spare, /^a\.cf\.ini:2: .*, whose spare 10\.1\.1\.1:80 is tcp:/],
    [
      [[B], [WEB]],
      fallbacks,
      /^a\.cf\.ini:2: .*, whose fallback 10\.1\.1\.1:80 is tcp:/,
    ],
  ];
  for (const [services, ini, expected] of cases) {
    const { errors, warnings } = await found(t, services, ini);
    t.strictSame(errors, []);
    t.match(warnings, [expected]);
  }
});

t.test('what ends somewhere is allowed', async (t) => {
  const allowed: readonly (readonly (readonly string[])[])[] = [
    [[B, C], [C], [WEB]],
    [[real('10.1.1.2:81')], [A]],
    [[B], [A, 'protocol=udp']],
    [[A, WEB]],
  ];
  for (const services of allowed)
    t.strictSame(await refused(t, services), [], services.join(' | '));
});

t.test('a kernel schedules no packet twice, but what a process dials', async (t) => {
  t.strictSame(await refused(t, [[B], [A]], engines('ipvs', 'nftables')), []);
  t.equal((await refused(t, [[B], [A]], engines('ipvs', 'net'))).length, 1);
  t.equal((await refused(t, [[B], [A]], engines('nftables', 'net'))).length, 1);
  const gate = [[real('10.1.1.2:80', 'gate')], [A]];
  t.strictSame(await refused(t, gate, engines('ipvs', 'net')), [], 'to another host');
});

t.test("what a process dials for a kernel's engine leads on", async (t) => {
  const text = `quiescent=no
virtual=10.1.1.1:80
    real=10.0.0.2:80 masq
    fallback=127.0.0.1:80
    checktype=ping
virtual=127.0.0.1:80
    real=10.1.1.1:80 masq
    checktype=ping
`;
  const ini = '[net]\nengine = nftables\n';
  const folder = t.testdir({ 'a.cf': text, 'a.cf.ini': ini });
  const read = await readConfig(join(folder, 'a.cf'));
  t.match(read.ok && read.config.warnings.map(formatDiagnostic), [
    /a\.cf:7: .*its fallback 127\.0\.0\.1:80 is tcp:127\.0\.0\.1:80, whose real server 10\.1\.1\.1:80 is tcp:10\.1\.1\.1:80/,
  ]);
});

t.test('what the engine auto decides is warned of', async (t) => {
  const WHERE =
    'where the engine net carries these services, clients of tcp:10.1.1.1:80 would come back to it';
  const OUT =
    ': it dials the last of these servers only while that makes no cycle; expected a server that is none of these services';
  const fallbacks = [
    [real('10.0.0.2:80', 'gate'), 'fallback=10.1.1.2:80 gate'],
    [real('10.0.0.3:80', 'gate'), 'fallback=10.1.1.1:80 gate'],
  ];
  t.strictSame(await found(t, fallbacks, '[net]\nengine = auto\n'), {
    errors: [],
    warnings: [
      `a.cf:2: warning: ${WHERE}: its fallback 10.1.1.2:80 is tcp:10.1.1.2:80, whose fallback 10.1.1.1:80 is tcp:10.1.1.1:80${OUT}`,
    ],
  });
  for (const names of [
    ['auto', 'auto'],
    ['ipvs', 'auto'],
    ['net', 'auto'],
  ]) {
    const { errors, warnings } = await found(t, [[B], [A]], engines(...names));
    t.strictSame(errors, [], names.join());
    t.match(warnings, [/^a\.cf:6: warning: where the engine net carries/]);
  }
  const both = await found(t, [[B], [A], [A]], engines('net', 'net', 'auto'));
  t.equal(both.errors.length, 1, 'one of net is refused, whoever else leads there');
  t.strictSame(both.warnings, []);
});

t.test('a server of weight 0 leads nobody anywhere', async (t) => {
  const services = [
    [WEB, real('10.1.1.2:80', 'gate 0')],
    [WEB, real('10.1.1.1:80', 'gate 0')],
  ];
  t.strictSame(await found(t, services), { errors: [], warnings: [] });
});

t.test('a service of every port is another one at each', async (t) => {
  const every = (to: string) => {
    const place = (at: string, servers: string, port: number, engine: EngineName) => {
      const [address, id] = [at, `tcp:${at}:${port}`];
      const options = { ...OPTIONS, engine };
      return aService({ id, address, port, reals: [aReal(servers)], options });
    };
    const config = createFindings('a.cf');
    const services = [
      place('10.1.1.1', '10.1.1.2:0', 0, 'nftables'),
      place('10.1.1.2', to, 8000, 'net'),
    ];
    findCycles(services, () => undefined, { config, ini: config });
    return config.errors().map(({ message }) => message);
  };
  t.match(every('10.1.1.1:8000'), [
    /^clients of tcp:10\.1\.1\.2:8000 would .*: its real server 10\.1\.1\.1:8000 is tcp:10\.1\.1\.1:0, whose real server 10\.1\.1\.2:8000 is tcp:10\.1\.1\.2:8000: /,
  ]);
  t.strictSame(every('10.1.1.1:8001'), [], 'it keeps the port, and nobody is there');
});

t.test('a mesh has one finding, with a shortest way', async (t) => {
  const size = 200;
  const place = (at: number) => `10.2.0.${at}:80`;
  const mesh = Array.from({ length: size }, (_, at) => {
    const { address, port } = aReal(place(at));
    const others = Array.from({ length: size }, (_, other) => other);
    const reals = others.filter((one) => one !== at).map((one) => aReal(place(one)));
    return aService({ id: `tcp:${place(at)}`, line: at, address, port, reals });
  });
  const config = createFindings('a.cf');
  findCycles(mesh, () => undefined, { config, ini: config });
  t.match(config.errors(), [
    {
      message:
        /^clients of tcp:10\.2\.0\.0:80 would .*: its real server 10\.2\.0\.1:80 is tcp:10\.2\.0\.1:80, whose real server 10\.2\.0\.0:80 is tcp:10\.2\.0\.0:80: /,
    },
  ]);
  t.equal(config.errors().length, 1);
});

t.test('a listener on every address takes what goes to loopback', async (t) => {
  const service = (place: string, to: string, protocol: 'inet' | 'inet6') => {
    const { address, port } = aReal(place);
    const id = `tcp:${place}`;
    return aService({ id, family: protocol, address, port, reals: [aReal(to)] });
  };
  const messages = (...services: readonly ReturnType<typeof service>[]) => {
    const config = createFindings('a.cf');
    findCycles(services, () => undefined, { config, ini: createFindings('a.ini') });
    return config.errors().map(({ message }) => message);
  };
  const other = service('10.1.1.1:81', '127.1.2.3:80', 'inet');
  const every = service('0.0.0.0:80', '10.1.1.1:81', 'inet');
  t.match(messages(every, other), [/server 127\.1\.2\.3:80 is tcp:0\.0\.0\.0:80: /]);
  const narrow = service('127.1.2.3:80', '10.0.0.2:80', 'inet');
  t.strictSame(messages(every, other, narrow), [], 'but where one has that address');
  const six = service('[2001:db8::1]:81', '[::1]:80', 'inet6');
  const all = service('[::]:80', '[2001:db8::1]:81', 'inet6');
  t.equal(messages(all, six).length, 1);
  const loopback = service('127.0.0.1:80', '10.1.1.1:81', 'inet');
  const none = service('10.1.1.1:81', '0.0.0.0:80', 'inet');
  t.match(messages(loopback, none), [/server 0\.0\.0\.0:80 is tcp:127\.0\.0\.1:80/]);
});

t.test('a long chain costs a look at each, and its message stays short', async (t) => {
  const size = 50_000;
  const place = (at: number) => `10.${at >> 8}.${at & 255}.1:80`;
  const chain = Array.from({ length: size }, (_, at) => {
    const { address, port } = aReal(place(at));
    const reals = [aReal(place((at + 1) % size)), aReal(place((at + 2) % size))];
    return aService({ id: `tcp:${place(at)}`, address, port, reals });
  });
  const config = createFindings('a.cf');
  const began = performance.now();
  findCycles(chain, () => undefined, { config, ini: config });
  t.ok(performance.now() - began < 20_000, `${performance.now() - began} ms`);
  const [first, ...more] = config.errors();
  t.match(first?.message, `and so on over ${size / 2 - 8} more, whose`);
  t.ok((first?.message.length ?? 0) < 900, `${first?.message.length}`);
  t.strictSame(more, [], 'one for all');
});
