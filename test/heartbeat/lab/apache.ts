import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Served } from './two-hosts.ts';

/** `httpd`: an Apache that has a page with the host's name, and runs where the address is. */
export const apache: Served = async ({ folder }, name) => {
  const at = (file: string) => join(folder, file);
  await mkdir(at('pages'));
  await writeFile(at('pages/index.html'), name);
  await writeFile(at('httpd.conf'), httpdConf(folder));
  await writeFile(at('ha.d/resource.d/httpd'), httpd(folder), { mode: 0o755 });
  return 'httpd';
};

/** As distributions have it: it says in words whether it runs. */
function httpd(folder: string): string {
  return `#!/bin/sh
alive() { pid=$(cat ${folder}/httpd.pid 2>/dev/null) && kill -0 "$pid" 2>/dev/null; }
case $1 in
start) alive || rm -f ${folder}/httpd.pid; exec apache2 -f ${folder}/httpd.conf -k start ;;
stop) alive || exit 0; kill "$pid"; while alive; do sleep 0.05; done ;;
status) if alive; then echo running; else echo not running; fi ;;
esac
`;
}

function httpdConf(folder: string): string {
  const modules = ['mpm_event', 'authz_core', 'dir'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`,
  );
  return `ServerName lab
ServerRoot ${folder}
PidFile ${folder}/httpd.pid
ErrorLog ${folder}/httpd.error
User www-data
Group www-data
${modules.join('')}Listen 80
StartServers 1
DocumentRoot ${folder}/pages
DirectoryIndex index.html
`;
}
