import { get } from 'node:http';

/** Addresses of loopback that clients may have. */
export function clientsNamed(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `127.0.9.${n + 1}`);
}

/** A service of 127.0.0.1 whose clients persist, taking turns at its servers. */
export function persistentService(port: number, reals: readonly number[]): string {
  const lines = reals.map((real) => `    real=127.0.0.1:${real} masq\n`);
  return `checkinterval=1
virtual=127.0.0.1:${port}
${lines.join('')}    checktype=connect
    service=none
    scheduler=rr
    persistent=600
`;
}

/** What the server that this client comes to says. */
export function askFrom(port: number, client: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port, localAddress: client, agent: false },
      (response) => {
        let said = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          said += text;
        });
        response.on('end', () => resolve(said));
      },
    );
    request.on('error', reject);
  });
}
