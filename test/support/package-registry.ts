import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** An npm registry on loopback, until the test ends, that has one package in one version, which
 *  does nothing. @returns its URL */
export async function packageRegistry(
  t: Pick<Test, 'teardown'>,
  name: string,
  version: string,
): Promise<string> {
  const tarball = pack(name, version);
  const server = createServer(({ url = '' }, response) => {
    if (url === '/package.tgz') response.end(tarball);
    else if (url === `/${name}`) response.end(JSON.stringify(document()));
    else response.writeHead(404).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const home = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return home;

  function document() {
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { tarball: `${home}/package.tgz`, integrity };
    return {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { name, version, dist } },
    };
  }
}

function pack(name: string, version: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-package-'));
  try {
    mkdirSync(join(folder, 'package'));
    const manifest = JSON.stringify({ name, version });
    writeFileSync(join(folder, 'package', 'package.json'), manifest);
    writeFileSync(join(folder, 'package', 'index.js'), '');
    execFileSync('tar', ['czf', 'package.tgz', 'package'], { cwd: folder });
    return readFileSync(join(folder, 'package.tgz'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
