import t from 'tap';
import { runScenarios } from './suite.ts';

runScenarios(t, 'net', { net: 'workers = 1' });
