import t from 'tap';
import { sharedPort } from '../../support/shared-port.ts';
import { runScenarios } from '../suite.ts';

runScenarios(t, 'net', { net: 'workers = 4', where: sharedPort() });
