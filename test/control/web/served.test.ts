import { connect } from 'node:net';
import t from 'tap';
import { ask, serve } from '../../support/web-client.ts';
import { webDouble } from '../../support/web-double.ts';

t.setTimeout(110_000);

t.test('the page and all it needs come from here, and from nowhere else', async (t) => {
  const { url } = await serve(t, webDouble());
  const page = await ask(url, '/');
  t.match(page, {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
  const paths = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  t.ok(paths.includes('/main.js') && paths.includes('/page.css'));
  for (const path of paths) {
    const { status, headers, text } = await ask(url, path);
    t.equal(status, 200, path);
    t.match(
      headers['content-security-policy'],
      "default-src 'none'; script-src 'self'",
    );
    t.notMatch(headers['content-security-policy'], 'unsafe');
    t.match(headers, {
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    t.notMatch(
      text,
      /\bhttps?:\/\/(?!www\.w3\.org\/2000\/svg)/,
      `${path} names no host`,
    );
    const again = await ask(url, path, {
      headers: { 'if-none-match': headers.etag },
    });
    t.match([again.status, again.text], [304, '']);
  }
  t.notMatch(page.text, /<script>|<style|style=|onclick=/);
  t.match(await ask(url, '/main.js.map'), { status: 404 });
  t.match(await ask(url, '/../wire.js'), { status: 404 });
});

t.test('without users no name of another site leads here', async (t) => {
  const { url, web } = await serve(t, webDouble());
  for (const host of [
    'evil.example',
    `evil.example:${web.port}`,
    '10.1.1.1',
    '127.0.0.1.evil.example',
  ])
    t.match(await ask(url, '/api/session', { headers: { host } }), {
      status: 421,
    });
  for (const host of [
    'localhost',
    `localhost:${web.port}`,
    '127.0.0.1:1',
    '[::1]:9080',
  ])
    t.match(await ask(url, '/api/session', { headers: { host } }), { status: 200 });
});

t.test('rubbish and the idle are sent away', async (t) => {
  const { web } = await serve(t, webDouble());
  const say = async (text: string) => {
    const socket = connect(web.port, '127.0.0.1');
    let said = '';
    socket.on('data', (piece) => (said += piece)).on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const began = performance.now();
    socket.write(text);
    await closed;
    return { said, seconds: (performance.now() - began) / 1000 };
  };
  t.match(await say('EHLO x\r\n\r\n'), { said: /^HTTP\/1.1 400 / });
  t.match(await say(`GET / HTTP/1.1\r\nx: ${'y'.repeat(9000)}\r\n\r\n`), {
    said: /^HTTP\/1.1 431 /,
  });
  const greedy = await say('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500));
  t.ok(greedy.said.split('HTTP/1.1 200').length <= 2, 'one answer at most');
  const slow = await say('GET / HTTP/1.1\r\nHost: localhost\r\n');
  t.ok(
    slow.seconds > 8 && slow.seconds < 25,
    `headers have ${slow.seconds.toFixed(1)} s`,
  );
});
