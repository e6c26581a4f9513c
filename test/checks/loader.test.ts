import t from 'tap';
import { CheckLoader } from '../../lib/checks/loader.ts';
import { recordingLog } from '../support/recording-log.ts';

t.test('a check whose file has gone says that the program was replaced', async (t) => {
  const log = recordingLog();
  const loader = new CheckLoader(log);
  const gone: string = './no-such-check.js';
  const load = async () => (await import(gone)).check;
  const words = /another version was installed .* "l4director upgrade", or a restart,/;
  await t.rejects(loader.load(load), words);
  await t.rejects(loader.load(load), words);
  t.match(log.take(), [words], 'said once');
});

t.test('another reason is told as it is', async (t) => {
  const loader = new CheckLoader(recordingLog());
  const reason = new Error('the npm package net-ping is not installed');
  await t.rejects(
    loader.load(() => Promise.reject(reason)),
    reason,
  );
});
