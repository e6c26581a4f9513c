import type { Test } from 'tap';
import { PrivateHost } from './private-host.ts';
import { freePort, webServer } from './site.ts';

/** A private host with the config of a director before one web server, for those who start and stop it. */
export async function balanced(t: Test): Promise<{ host: PrivateHost; url: string }> {
  const virtual = await freePort();
  const host = await PrivateHost.open(
    t,
    `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${virtual}
    real=127.0.0.1:${await webServer(t)} masq
    service=http
    request="index.html"
    receive="Test Page"
    checktype=negotiate
`,
  );
  return { host, url: `http://127.0.0.1:${virtual}/` };
}

/** What a client gets. */
export async function body(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Of the director that runs there. */
export async function pidOf(host: PrivateHost): Promise<number> {
  return Number((await host.read('/run/ldirectord.a.cf.pid')).trim());
}
