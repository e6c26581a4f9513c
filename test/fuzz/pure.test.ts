import t from 'tap';
import { playShort } from './short.ts';

t.setTimeout(200_000);
playShort(t, 'pure');
