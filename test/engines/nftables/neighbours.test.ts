import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createDaemon } from '../../lab/daemon.ts';
import { PORT, serveNames } from '../../support/kernel-load.ts';
import {
  ask,
  forgetsSoon,
  kernelStage,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';
import { neighbours } from '../../support/nft-neighbours.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const SOON = 15_000;
const WEB = `TCP:${VIP}:${PORT}`;

const config = (weight: number, more = '') => `
checkinterval=1
checktimeout=3
quiescent=yes
logfile="/var/log/ldirectord.log"
${more}
virtual=${VIP}:${PORT}
    real=${WEB1}:${PORT} masq ${weight}
    real=${WEB2}:${PORT} masq 1
    checktype=connect
    scheduler=wrr
    persistent=60
`;
const INI = {
  nftables: '[net]\nengine = nftables\n[nftables]\nsnat = yes\n',
  net: '[net]\nengine = net\n',
  captured: '[net]\nengine = net\ncapture = yes\n',
};

t.test(
  "nothing of another program's tables changes, whatever becomes of ours",
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    await forgetsSoon(stage.director);
    t.setTimeout(300_000);
    const { director, client, nft } = stage;
    for (const web of [stage.web1, stage.web2]) await serveNames(web, PORT);
    const theirs = await neighbours(stage);
    const before = await theirs();
    await using daemon = await createDaemon(director, config(1), INI.nftables);
    const ini = (text: string) =>
      writeFile(join(director.folder, 'ldirectord.ini'), text);
    const command = async (word: string) =>
      t.match(await daemon.command(word), { code: 0 }, word);
    const up = (name: string) =>
      daemon.until(({ engine, state }) => engine === name && state === 'up', SOON);
    const holds = async (what: string, ours: boolean) => {
      t.equal(await theirs(), before, what);
      const stands = async () =>
        /^table inet l4director_ldirectord\.cf$/m.test(await nft('list', 'tables'));
      // It goes when connections that were led by it have ended.
      while (!ours && (await stands())) await sleep(100);
      t.equal(await stands(), ours);
    };
    const serves = async () => t.not(await ask(client, WEB), 'refused');

    await command('start');
    await up('nftables');
    await serves();
    await holds('a start', true);
    for (const weight of [3, 7]) {
      await daemon.write(config(weight));
      await command('reload');
      const asWritten = ({ reals }: { reals: readonly { weight: number }[] }) =>
        reals.some((real) => real.weight === weight);
      await daemon.until(asWritten, SOON);
    }
    await holds('weights, by reload', true);
    await ini(INI.net);
    await command('reload');
    await up('net');
    await holds('a move to net', false);
    await ini(INI.captured);
    await command('reload');
    await up('net'); // as it was before
    while (!(await nft('list', 'tables')).includes('l4director-capture'))
      await sleep(100);
    await serves();
    await holds('capture', false);
    await ini(INI.nftables);
    await command('reload');
    await up('nftables');
    await holds('a move back', true);
    process.kill(await daemon.pid(), 'SIGKILL');
    await holds('kill -9', true);
    await command('start');
    await up('nftables');
    await holds('and a start', true);
    await daemon.stop();
    await holds('cleanstop', false);
    await daemon.write(config(1, 'cleanstop=no'));
    await command('start');
    await up('nftables');
    await daemon.stop();
    await holds('cleanstop=no', true);
    await serves();
    await ini(INI.net);
    await command('start');
    await up('net');
    await holds('what is left is taken down', false);
  },
);
