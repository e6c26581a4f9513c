import type { WebUser } from '../../lib/config/web.ts';

/** Of `hunter2`, at the least cost that is taken. */
const HUNTER2 =
  'scrypt$ln=12,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MtM8ehY83Wk11U-hIPfMjoHOL8h7mHIef7rh7Vx0jaY';

/** May change what there is. */
export const ANNA: WebUser = {
  name: 'anna',
  password: HUNTER2,
  role: 'admin',
};

/** May look only. */
export const BERT: WebUser = { ...ANNA, name: 'bert', role: 'read-only' };

/** The real server that all is about. */
export const REF = { service: 'tcp:10.1.1.19:80', real: '10.1.1.21:80' };
