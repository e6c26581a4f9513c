import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { engineSuite } from '../../support/engine-suite.ts';

t.setTimeout(300_000); // many cases, some of which wait for seconds
engineSuite('net', { create: () => createNetEngine() });
