import { lineCheck } from '../line-check.ts';
import type { LineSocket } from '../line-socket.ts';

/** As ldirectord calls itself: a name that servers which want a full one take. */
const NAME = 'localhost.localdomain';

/** `service = smtp` and `submission`: up when the banner is 2xx and EHLO is accepted, or HELO
 *  where the server does not know EHLO (5xx). Source: RFC 5321, 3.2 and 4.2. */
export const smtpCheck = lineCheck({
  async talk(lines) {
    const banner = await reply(lines, 'a 2xx banner');
    if (!banner.startsWith('2')) throw lines.unexpected('a 2xx banner', banner);
    const toEhlo = await command(lines, 'EHLO');
    if (toEhlo.startsWith('2')) return lines.quote(banner);
    if (!toEhlo.startsWith('5')) throw lines.unexpected('2xx to EHLO', toEhlo);
    const toHelo = await command(lines, 'HELO');
    if (toHelo.startsWith('2')) return `${lines.quote(banner)} (HELO, not EHLO)`;
    throw lines.unexpected('2xx to EHLO or HELO', toHelo);
  },
  goodbye: { send: 'QUIT', answer: /^\d{3}(?!-)/ },
});

async function command(lines: LineSocket, verb: 'EHLO' | 'HELO'): Promise<string> {
  lines.send(`${verb} ${NAME}`);
  return await reply(lines, `2xx to ${verb}`);
}

/** @returns the last line of a reply, which may have several: `250-A`, `250 B` */
async function reply(lines: LineSocket, expected: string): Promise<string> {
  for (;;) {
    const line = await lines.read(expected);
    if (!/^\d{3}(?:[ -]|$)/.test(line)) throw lines.unexpected(expected, line);
    if (line[3] !== '-') return line;
  }
}
