import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes folders below that one that are Postfix's own. */
export function own(folder: string, mode: string, ...names: readonly string[]): void {
  const owner = ['-o', 'postfix', '-g', 'postdrop', '-m', mode];
  const paths = names.map((name) => join(folder, name));
  execFileSync('install', ['-d', ...owner, ...paths], { stdio: 'pipe' });
}

/** A main.cf with all that is Postfix's in that folder, on loopback only.
 *  @param lines  what this one does besides */
export function mainFile(folder: string, lines: readonly string[]): string {
  const all = [
    'compatibility_level = 3.6',
    `queue_directory = ${folder}/queue`,
    `data_directory = ${folder}/data`,
    'myhostname = mail.example.com',
    'mydestination =',
    'alias_maps =',
    'inet_interfaces = 127.0.0.1, [::1]',
    `maillog_file = ${folder}/data/log`,
    `maillog_file_prefixes = ${folder}`,
    `smtpd_tls_chain_files = ${folder}/conf/chain`,
    ...lines,
  ];
  return `${all.join('\n')}\n`;
}
