import t from 'tap';
import { createMonitorFiles } from '../../lib/alerts/monitor-files.ts';

/** Files that note what is done with them. */
function recording() {
  const events: string[] = [];
  const files = createMonitorFiles((path) => {
    events.push(`open ${path}`);
    return {
      push: (line) => void events.push(`${path}: ${line}`),
      close: async () => events.push(`close ${path}`) > 0,
    };
  });
  return { events, files };
}

t.test('a path is opened once, with the first line, whoever shares it', async (t) => {
  const { events, files } = recording();
  files.write('/a', 'one');
  files.write('/b', 'two');
  files.write('/a', 'three');
  t.strictSame(events, ['open /a', '/a: one', 'open /b', '/b: two', '/a: three']);
});

t.test('a file that no service names any more is closed', async (t) => {
  const { events, files } = recording();
  files.write('/a', 'one');
  files.write('/b', 'one');
  files.keepOnly(new Set(['/b', '/c']));
  await files.close(1000);
  t.strictSame(events.slice(4), ['close /a', 'close /b']);
});
