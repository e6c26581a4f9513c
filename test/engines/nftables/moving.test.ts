import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createDaemon } from '../../lab/daemon.ts';
import { lost, PORT, URL, withLoad } from '../../support/kernel-load.ts';
import { kernelStage, VIP, WEB1, WEB2 } from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const SOON = 15_000;
const CONFIG = `
checkinterval=1
checktimeout=3
quiescent=yes
logfile="/var/log/ldirectord.log"
virtual=${VIP}:${PORT}
    real=${WEB1}:${PORT} masq
    real=${WEB2}:${PORT} masq
    checktype=connect
    scheduler=rr
`;
const AUTO = 'engine = auto\n[nftables]\nsnat = yes\n';
const NET = 'engine = net\n';

for (const [what, section] of Object.entries({
  'a service': '[net]\n',
  'a captured service': '[net]\ncapture = yes\n',
}))
  t.test(
    `a reload moves ${what} there and back, and no client is lost`,
    NEEDS,
    async (t) => {
      const stage = await kernelStage(t);
      const client = await withLoad(stage);
      const ini = join(stage.director.folder, 'ldirectord.ini');
      await using daemon = await createDaemon(stage.director, CONFIG, section + NET);
      t.match(await daemon.command('start'), { code: 0 });
      await daemon.until(({ state }) => state === 'up', SOON);
      const load = client.do('load', URL, 200);
      const reload = async (text: string, name: string) => {
        await writeFile(ini, section + text);
        t.match(await daemon.command('reload'), { code: 0 });
        await daemon.until(
          ({ engine, state }) => engine === name && state === 'up',
          SOON,
        );
        await sleep(500);
      };
      await reload(AUTO, 'nftables');
      t.equal(
        (await daemon.service()).engineReason,
        'auto: rr is exact there, and snat is on',
      );
      await reload(NET, 'net');
      await reload(AUTO, 'nftables');
      await client.do('endLoad', URL);
      const visits = await load;
      t.comment(`${visits.length} connections`);
      t.ok(visits.length > 300);
      t.strictSame(lost(visits), []);
    },
  );

t.test(
  'reloads that do not wait for the move before lose no client either',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const client = await withLoad(stage);
    const ini = join(stage.director.folder, 'ldirectord.ini');
    const snat = '[nftables]\nsnat = yes\n';
    await using daemon = await createDaemon(stage.director, CONFIG, '');
    t.match(await daemon.command('start'), { code: 0 });
    await daemon.until(({ state }) => state === 'up', SOON);
    const load = client.do('load', URL, 200);
    const captured = '[net]\ncapture = yes\n';
    const kernel = `[net]\nengine = nftables\n${snat}`;
    for (const text of [kernel, '', captured, kernel, captured, '', kernel, captured]) {
      await writeFile(ini, text);
      t.match(await daemon.command('reload'), { code: 0 });
    }
    await daemon.until(({ engine, state }) => engine === 'net' && state === 'up', SOON);
    while (!(await stage.nft('list', 'tables')).includes('l4director-capture'))
      await sleep(50);
    await sleep(500);
    await client.do('endLoad', URL);
    const visits = await load;
    t.comment(`${visits.length} connections`);
    t.ok(visits.length > 200);
    t.strictSame(lost(visits), []);
  },
);
