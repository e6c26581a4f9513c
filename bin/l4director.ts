#!/usr/bin/env node
import { main } from '../lib/cli/main.ts';

process.exit(await main(process.argv.slice(2), () => import('../lib/daemon/index.ts')));
