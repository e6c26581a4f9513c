import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startServer } from './server.ts';

export interface VsftpdOptions {
  /** What can be fetched, by name. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  /** The only password it takes, of the user `anonymous`. */
  readonly password: string;
  /** It listens at one address; default 127.0.0.1. */
  readonly address?: '127.0.0.1' | '::1';
}

/** Debian's vsftpd until the test ends, for anonymous users; needs vsftpd, root.
 *  @returns its port */
export async function startVsftpd(
  t: Pick<Test, 'teardown'>,
  { files, password, address = '127.0.0.1' }: VsftpdOptions,
): Promise<number> {
  const { ports } = await startServer(t, {
    name: 'vsftpd',
    ports: 1,
    host: address,
    prepare(folder, [port = 0]) {
      const root = join(folder, 'root');
      mkdirSync(root);
      mkdirSync(join(folder, 'empty'));
      for (const [name, content] of Object.entries(files))
        writeFileSync(join(root, name), content);
      writeFileSync(join(folder, 'passwords'), `${password}\n`);
      const file = join(folder, 'vsftpd.conf');
      writeFileSync(file, configuration(folder, address, port));
      return { command: '/usr/sbin/vsftpd', args: [file] };
    },
  });
  return ports[0] ?? 0;
}

function configuration(folder: string, address: string, port: number): string {
  const listen =
    address === '::1'
      ? `listen=NO\nlisten_ipv6=YES\nlisten_address6=${address}`
      : `listen=YES\nlisten_ipv6=NO\nlisten_address=${address}`;
  return `${listen}
listen_port=${port}
background=NO
anonymous_enable=YES
local_enable=NO
secure_email_list_enable=YES
email_password_file=${folder}/passwords
anon_root=${folder}/root
secure_chroot_dir=${folder}/empty
ftp_username=www-data
nopriv_user=nobody
xferlog_enable=NO
`;
}
