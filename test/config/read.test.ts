import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { configReport, readConfig } from '../../lib/config/index.ts';
import { lab } from '../support/lab.ts';

const SEED = readFileSync(
  new URL('../../../examples/seed.cf', import.meta.url),
  'utf8',
);

function write(t: Test, text: string): string {
  const file = join(t.testdir(), 'ldirectord.cf');
  writeFileSync(file, text);
  return file;
}

// Its first logfile is one that only root may write, and ldirectord looks.
t.test('the seed file is read with every value in force', lab('root'), async (t) => {
  const read = await readConfig(write(t, SEED));
  if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join('\n'));
  t.match(configReport(read.config), {
    global: { checktimeout: 10, checkinterval: 2, logfile: 'local0', quiescent: true },
    virtuals: [
      {
        id: 'tcp:10.1.1.19:80',
        service: 'http',
        request: '/index.html',
        receive: 'Test Page',
        negotiatetimeout: 10,
        fallback: { address: '127.0.0.1', port: 80, method: 'gate' },
        reals: [
          { address: '10.1.1.21', port: 80, method: 'masq', weight: 1 },
          { address: '10.1.1.22', port: 80, method: 'masq', weight: 1 },
        ],
      },
    ],
  });
});

t.test('all errors are reported, each with its line', async (t) => {
  const read = await readConfig(
    write(
      t,
      'chekinterval=2\nquiescent=yes \nvirtual=10.0.0.1:80\n\treal=10.0.0.2:80 mask\n',
    ),
  );
  if (read.ok) throw new Error('it is accepted');
  t.match(
    read.errors.map(({ line, message }) => `${line}: ${message}`),
    [
      '1: unknown directive "chekinterval"; did you mean "checkinterval"?',
      /^2: quiescent = yes : expected yes or no/,
      /^4: real = 10.0.0.2:80 mask: expected gate, masq or ipip .*did you mean "masq"/,
    ],
  );
});

t.test('a refused quiescent is an error, and not missed besides', async (t) => {
  const text = 'quiescent=yes\r\nvirtual=10.0.0.1:80\n\treal=10.0.0.2:80 masq\n';
  const read = await readConfig(write(t, text));
  if (read.ok) throw new Error('it was accepted');
  t.match(read.errors, [
    { line: 1, message: /^quiescent = yes\\r: expected yes or no/ },
  ]);
  t.same(read.warnings, []);
});

t.test('an example stands in quotes once', async (t) => {
  const text =
    'quiescent=yes\nvirtual=10.0.0.1:80\n\trequest=a\n\treceive="\\p{L}"\n\treal=10.0.0.2:80 masq\n';
  const read = await readConfig(write(t, text));
  if (read.ok) throw new Error('it was accepted');
  const messages = read.errors.map(({ message }) => message);
  t.equal(messages.length, 2);
  for (const message of messages) {
    t.match(message, /, as in "[^"]+"$/);
    t.equal(message.split('as in').length, 2, message);
  }
});

t.test('a file is UTF-8, or else Latin-1', async (t) => {
  const text = (word: string) => `quiescent=yes
virtual=10.0.0.1:80
\treal=10.0.0.2:80 masq
\tservice=http
\tlogin="${word}"
`;
  const file = join(t.testdir(), 'a.cf');
  for (const [word, encoding] of [
    ['jürgen', 'utf8'],
    ['jürgen', 'latin1'],
    ['jones', 'utf8'],
  ] as const) {
    writeFileSync(file, text(word), encoding);
    const read = await readConfig(file);
    if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join('\n'));
    t.match(read.config.virtuals, [{ login: word, encoding }]);
  }
});

t.test(
  'what is not UTF-8 for mysql and oracle is warned of, and not shown',
  async (t) => {
    const section = (service: string, at: number) =>
      `virtual=10.0.0.1:${at + 1}
\treal=10.0.0.2:80 masq
\tservice=${service}
\tlogin="monitor"
\tpasswd="pässword"
\trequest="SELECT 1"
`;
    const file = join(t.testdir(), 'a.cf');
    const sections = ['pgsql', 'mysql', 'oracle'].map(section);
    const text = `quiescent=yes\n${sections.join('')}`;
    for (const [encoding, lines] of [
      ['utf8', []],
      ['latin1', [12, 18]],
    ] as const) {
      writeFileSync(file, text, { encoding, mode: 0o600 });
      const read = await readConfig(file);
      if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join('\n'));
      const warnings = read.config.warnings.filter(({ lacking }) => !lacking);
      t.same(
        warnings.map(({ line }) => line),
        lines,
      );
      for (const { message } of warnings) {
        t.match(message, /^passwd is not written in UTF-8, .* write the file in UTF-8/);
        t.notMatch(message, /ssword/);
      }
    }
  },
);

t.test('a port that gate or ipip does not use is warned of, once a line', async (t) => {
  const text = `quiescent=yes
fallback=127.0.0.1:8080
virtual=10.0.0.1:80
\tservice=http
\treal=10.0.0.2->10.0.0.9:8080 gate
\treal=10.0.0.10:80 ipip
\treal=10.0.0.11:8081 masq
virtual=10.0.0.2:80
\tservice=http
\treal=10.0.0.12:8082 ipip
\tfallback=127.0.0.1:8083 masq
virtual=5
\tservice=http
\treal=10.0.0.12:8082 ipip
`;
  const read = await readConfig(write(t, text));
  if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join('\n'));
  t.match(read.config.warnings, [
    {
      line: 2,
      message:
        "gate keeps the service's port 80, whatever port is written; write masq to use 8080",
    },
    { line: 5, message: /^gate .* masq to use 8080$/ },
    { line: 10, message: /^ipip .* masq to use 8082$/ },
  ]);
  t.equal(read.config.warnings.length, 3);
});
