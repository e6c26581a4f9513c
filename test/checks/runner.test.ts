import t from 'tap';
import { createCheckRunner } from '../../lib/checks/runner.ts';
import type { CheckReport } from '../../lib/model/check.ts';
import { checkTarget, pattern, silentLog } from '../support/check-target.ts';
import { rawServer, saying } from '../support/raw-server.ts';

t.test('a page is checked again and again', async (t) => {
  let page = 'Test Page';
  const server = await rawServer(t, (socket) =>
    saying(`HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\n\r\n${page}`)(socket),
  );
  const runner = createCheckRunner({ log: silentLog });
  t.teardown(() => runner.close());
  const target = checkTarget({ port: server.port, receive: pattern('Test Page') });
  const reports: CheckReport[] = [];
  await new Promise<void>((resolve) => {
    const subscription = runner.subscribe({ target, intervalMs: 20 }, (report) => {
      reports.push(report);
      if (report.up) page = 'sorry';
      else {
        subscription[Symbol.dispose]();
        resolve();
      }
    });
    t.same(reports, [], 'nothing is reported from within subscribe');
  });
  t.match(reports[0], { up: true, message: '200 OK', maintenance: false });
  t.match(reports.at(-1), {
    up: false,
    message: 'body of 5 bytes does not match /Test Page/ (starts with "sorry")',
  });
});
