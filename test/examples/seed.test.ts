import { readFileSync } from 'node:fs';
import t from 'tap';

/** The file that l4director was asked for: whoever has it must be able to go on using it. */
const SEED = `checktimeout=10
checkinterval=2
autoreload=no
logfile="/var/log/ldirectord.log"
logfile="local0"
quiescent=yes
virtual=10.1.1.19:80
        fallback=127.0.0.1:80
        real=10.1.1.21:80 masq
        real=10.1.1.22:80 masq
        service=http
        request="index.html"
        receive="Test Page"
        scheduler=rr
        protocol=tcp
        checktype=negotiate
`;

t.test('examples/seed.cf is unchanged, byte for byte', async (t) => {
  const file = new URL('../../../examples/seed.cf', import.meta.url);
  t.equal(readFileSync(file, 'latin1'), SEED);
});
