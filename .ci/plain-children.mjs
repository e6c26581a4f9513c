/* Loaded into the process of each test file. tap has every Node that a test starts load hooks of its
   own, which tell it who loaded what: nobody here asks, and for a director or a client they are three
   to eight times the processor time of a bare start. Nor is it counted what they run, where only some rooms'
   lines are. */
import { stopCoverage } from 'node:v8';
import onSpawn from 'process-on-spawn';
import { isCounted } from './coverage-rooms.mjs';

const HOOKS = /"?--(?:import|loader)=\S*\/(?:@tapjs\/[^"\s]*|no-hooks\.mjs)"? ?/g;

if (!isCounted(process.argv[1] ?? '')) {
  stopCoverage();
  delete process.env.NODE_V8_COVERAGE;
}

onSpawn.addListener((child) => {
  const { NODE_OPTIONS = '', ...env } = child.env;
  for (const name of Object.keys(env)) if (name.startsWith('_TAPJS_')) delete env[name];
  const options = NODE_OPTIONS.replace(HOOKS, '').trim();
  child.env = options === '' ? env : { ...env, NODE_OPTIONS: options };
});
