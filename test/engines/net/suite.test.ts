import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { engineSuite } from '../../support/engine-suite.ts';

engineSuite('net', { create: () => createNetEngine() });
