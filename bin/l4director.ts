#!/usr/bin/env node
import { main } from '../lib/cli/main.ts';
import { outputTaken, tolerateClosedOutput } from '../lib/cli/output.ts';

tolerateClosedOutput();
const code = await main(process.argv.slice(2), () => import('../lib/daemon/index.ts'));
await outputTaken();
process.exit(code);
