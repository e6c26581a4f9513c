import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { testAuthority } from '../../support/certificates.ts';
import { rigFor, serverAt } from '../../support/engine-rig.ts';
import { lab } from '../../support/lab.ts';
import { apacheTls, nginxTls, said } from '../../support/tls-neighbours.ts';

/** In all, of each name as many. */
const CLIENTS = 900;
const AT_ONCE = 10;

t.test(
  'curl and openssl come to nginx and Apache by their names, on one address',
  lab('nginx', 'apache2', 'openssl'),
  async (t) => {
    const rig = rigFor(t, createNetEngine());
    const authority = testAuthority(t.testdir());
    const hosts = {
      'www.example.com': nginxTls,
      'shop.example.org': apacheTls,
      'default.example': nginxTls,
    };
    const entries = await Promise.all(
      Object.entries(hosts).map(async ([name, start]) => {
        const { address, port } = await start(t, authority.issue(name), name);
        const service = await rig.service();
        return { service, servers: [serverAt(address, port)] };
      }),
    );
    const [plain, star, own] = entries;
    if (!plain || !star || !own) throw new Error('three were started');
    const sni = [
      { name: 'www.example.com', service: plain.service.id },
      { name: '*.example.org', service: star.service.id },
    ];
    const options = { ...own.service.options, sni };
    const front = { ...own, service: { ...own.service, options } };
    await rig.engine.apply([front, plain, star]);
    const at = `127.0.0.1:${front.service.port}`;

    for (const name of Object.keys(hosts))
      for (const version of ['1.2', '1.3']) {
        const versions = [`--tlsv${version}`, '--tls-max', version];
        const to = ['--connect-to', `${name}:443:${at}`, `https://${name}/`];
        const trust = ['--cacert', authority.file];
        const page = await said('curl', ['-sS', ...versions, ...trust, ...to]);
        t.equal(page, name, `${name} over TLS ${version}, with its certificate`);
      }
    const verified = async (...args: readonly string[]) => {
      const text = await said('openssl', [
        ...['s_client', '-connect', at, '-CAfile', authority.file],
        ...['-verify_return_error', ...args],
      ]);
      return /^subject=.*?CN = (.*)$/m.exec(text)?.[1];
    };
    t.equal(await verified('-servername', 'www.example.com'), 'www.example.com');
    t.equal(
      await verified('-servername', 'a.example.org', '-tls1_2'),
      'shop.example.org',
    );
    t.equal(await verified('-noservername'), 'default.example');
    const small = ['-split_send_frag', '512', '-max_send_frag', '512'];
    t.equal(
      await verified('-servername', 'www.example.com', '-alpn', alpn(300), ...small),
      'www.example.com',
      'in records of 512 bytes',
    );
    t.match(await rig.stats(front.service), { sniUnmatched: 3, sniErrors: 0 });

    const ca = readFileSync(authority.file, 'utf8');
    const names = Object.keys(hosts);
    let [served, misled] = [0, 0];
    const lane = async (_: unknown, at: number) => {
      for (let n = at; n < CLIENTS; n += AT_ONCE) {
        const servername = names[n % names.length] ?? '';
        const came = await verifiedPage(front.service.port ?? 0, servername, ca);
        if (came === servername) served++;
        else misled++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    t.strictSame({ served, misled }, { served: CLIENTS, misled: 0 });
    t.match(await rig.stats(plain.service), {
      acceptedConnections: 4 + CLIENTS / names.length,
    });
  },
);

/** The last line that the server answers, once its certificate has that name. */
async function verifiedPage(port: number, servername: string, ca: string) {
  const socket = connect({ host: '127.0.0.1', port, servername, ca });
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', (error) => {
    text = String(error);
  });
  socket.write(`GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
  await new Promise((resolve) => socket.once('close', resolve));
  return text.split('\r\n').at(-1);
}

function alpn(count: number): string {
  return ['http/1.1', ...Array.from({ length: count }, (_, at) => `p-${at}`)].join();
}
