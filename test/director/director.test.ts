import t, { type Test } from 'tap';
import { createDirector } from '../../lib/director/create-director.ts';
import { aConfig, aFallback, aReal, aService } from '../support/config.ts';
import { type RecordingEngine, recordingEngine } from '../support/recording-engine.ts';
import { recordingLog } from '../support/recording-log.ts';
import { recordingRunner } from '../support/recording-runner.ts';
import { bad, good, NOON } from '../support/reports.ts';

const WEB = 'tcp:10.1.1.19:80';
const REALS = [aReal('10.1.1.21:80'), aReal('10.1.1.22:80', { weight: 3 })];

function aDirector(t: Test, engine: RecordingEngine = recordingEngine()) {
  const log = recordingLog();
  const runner = recordingRunner();
  const engines = new Map([['net', engine]] as const);
  const director = createDirector({ engines, checks: runner, log, now: () => NOON });
  t.teardown(() => director.close());
  /** What is in force for the service, once the engine has what was reported so far. */
  const inForce = async (id = WEB) => {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    return engine.inForce(id);
  };
  return { director, engine, runner, log, inForce };
}

t.test('a server gets traffic after its first good check, not before', async (t) => {
  const { director, runner, inForce, log } = aDirector(t);
  await director.apply(aConfig([aService({ reals: REALS })]));
  t.strictSame(await inForce(), []);
  t.strictSame(director.starting(), [WEB]);
  runner.report('10.1.1.22:80', good());
  t.strictSame(await inForce(), ['10.1.1.22:80@3']);
  t.strictSame(director.starting(), []);
  t.strictSame(log.take(), [
    'Added virtual server: 10.1.1.19:80',
    'Added real server: 10.1.1.22:80 (10.1.1.19:80) (Weight set to 3) (connect, 3 ms: 200 OK)',
  ]);
});

t.test(
  'the fallback takes over when all are down, and goes when one is back',
  async (t) => {
    const { director, runner, inForce, log } = aDirector(t);
    const fallback = aFallback('127.0.0.1:80');
    const service = aService({ reals: REALS, fallback, quiescent: true });
    await director.apply(aConfig([service]));
    runner.report('10.1.1.21:80', bad());
    t.strictSame(
      await inForce(),
      ['10.1.1.21:80@0'],
      'still starting: no fallback yet',
    );
    runner.report('10.1.1.22:80', bad());
    const quiet = ['10.1.1.21:80@0', '10.1.1.22:80@0'];
    t.strictSame(await inForce(), [...quiet, 'fallback:127.0.0.1:80@1']);
    runner.report('10.1.1.22:80', good());
    t.strictSame(await inForce(), ['10.1.1.21:80@0', '10.1.1.22:80@3']);
    t.match(
      log.lines.at(-1),
      /^Deleted fallback server: 127.0.0.1:80 \(10.1.1.19:80\)$/,
    );
  },
);

t.test('settled() waits until every service has left its start behind', async (t) => {
  const { director, runner } = aDirector(t);
  const other = aService({ port: 81, reals: [aReal('10.1.1.23:81')] });
  await director.apply(aConfig([aService({ reals: REALS }), other]));
  let settled = false;
  const waiting = director.settled(new AbortController().signal).then(() => {
    settled = true;
  });
  runner.report('10.1.1.21:80', good());
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.equal(settled, false);
  t.strictSame(director.starting(), [other.id]);
  runner.report('10.1.1.23:81', bad());
  await waiting;
  t.strictSame(director.starting(), []);
});

t.test('settled() ends when its signal aborts', async (t) => {
  const { director } = aDirector(t);
  await director.apply(aConfig([aService({ reals: REALS })]));
  const end = new AbortController();
  const waiting = director.settled(end.signal);
  end.abort();
  await waiting;
  t.strictSame(director.starting(), [WEB]);
});
