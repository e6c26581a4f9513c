import fc from 'fast-check';
import t from 'tap';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { rawServer } from '../../support/raw-server.ts';

const LOGIN = { login: 'scott', passwd: 'stri"ped \\ tiger' } as const;

/** What a server of some kind may say, whole or cut, or the client's own words. */
const piece = fc.oneof(
  fc.constantFrom(
    ...['+OK', '+OK <1.2@x>', '-ERR', '+ PDFAeD4=', '+', '.', 'SASL CRAM-MD5'],
    ...['220 ', '220-', '250 ', '250-', '421 ', '554 ', '25'],
    ...['* OK', '* PREAUTH', '* BYE', '* ', 'a1 OK', 'a1 NO', 'a2 OK', '{3}'],
    ...['echo', ' ', '\0', '\u00ff'],
  ),
  fc.string({ maxLength: 5 }),
);
const turn = fc.record({
  pieces: fc.array(piece, { maxLength: 4 }),
  end: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', ''),
});

for (const service of ['smtp', 'imap', 'pop'])
  t.test(
    `${service}: whatever a server says yields a result, and no password`,
    async (t) => {
      let turns: readonly string[] = [];
      const server = await rawServer(t, (socket) => {
        const left = [...turns];
        const say = (echo: string) => {
          const said = left.shift();
          if (!socket.writable) return;
          if (said === undefined) socket.end();
          else socket.write(said.replaceAll('echo', () => echo));
        };
        say('');
        socket.on('data', (bytes) => say(`${bytes}`));
      });
      const target = checkTarget({ service, port: server.port, ...LOGIN });
      await fc.assert(
        fc.asyncProperty(fc.array(turn, { maxLength: 6 }), async (script) => {
          turns = script.map(({ pieces, end }) => `${pieces.join('')}${end}`);
          const { message } = await checkOnce({ ...target, negotiatetimeoutMs: 50 });
          await server.idle();
          return !/scott|tiger|stri/.test(message) && message !== '';
        }),
        { numRuns: 150 },
      );
      t.equal(server.open, 0);
    },
  );
