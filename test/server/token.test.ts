// The token: 256 bits, new at each start, swapped for a session, and seen nowhere else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { raw, requestText, serveTiny, signedIn } from './served-studio.ts';

const signIn = (port: number, body: string, type = 'application/json') =>
  raw(
    port,
    requestText({
      method: 'POST',
      target: '/session',
      body,
      headers: [
        ['Host', `127.0.0.1:${port}`],
        ['Origin', `http://127.0.0.1:${port}`],
        ['Content-Type', type],
      ],
    }),
  );

test('the token has 64 hex digits, differs at each of 3 starts, and stands only in the fragment of the address', async (t) => {
  const starts = [await serveTiny(t), await serveTiny(t), await serveTiny(t)];
  assert.equal(new Set(starts.map(({ token }) => token)).size, 3);
  for (const { token, url, port } of starts) {
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(url, `http://127.0.0.1:${port}/#token=${token}`);
    if (process.platform === 'linux') assert.ok(!readFileSync('/proc/self/cmdline', 'utf8').includes(token));
  }
});

test('the token of another start, a near miss, a prefix, a longer one and none are each refused with 401 or 400', async (t) => {
  const [served, other] = [await serveTiny(t), await serveTiny(t)];
  const { port, token } = served;
  const nearMiss = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
  for (const wrong of [
    other.token,
    nearMiss,
    token.slice(0, 63),
    `${token}0`,
    '',
    token.toUpperCase() === token ? 'x' : token.toUpperCase(),
  ]) {
    const answer = await signIn(port, JSON.stringify({ token: wrong }));
    assert.equal(answer.status, 401, wrong);
    assert.equal(answer.header('set-cookie'), undefined);
  }
  for (const broken of ['', '{', '[]', '{"token":1}', `{"token":"${token}","more":1}`, JSON.stringify({ token: 'a'.repeat(300) })])
    assert.equal((await signIn(port, broken)).status, 400, broken);
  assert.equal((await signIn(port, JSON.stringify({ token }), 'text/plain')).status, 400, 'a form could send text/plain');
  assert.equal((await signIn(port, JSON.stringify({ token: 'a'.repeat(5000) }))).status, 413);
});

test('the cookie is HttpOnly, SameSite=Strict and named after the port, and the answer tells the key but not the token', async (t) => {
  const served = await serveTiny(t);
  const answer = await signIn(served.port, JSON.stringify({ token: served.token }));
  assert.match(answer.header('set-cookie') ?? '', new RegExp(`^espalier-${served.port}=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict$`));
  assert.ok(!`${answer.head}${answer.body}`.includes(served.token));
});

test('a second tab signs in with the same token and both tabs keep working; the session of an earlier start does not', async (t) => {
  const [served, restarted] = [await serveTiny(t), await serveTiny(t)];
  const [first, second] = [await signedIn(served), await signedIn(served)];
  for (const { own } of [first, second])
    assert.equal((await raw(served.port, requestText({ target: '/session', headers: own }))).status, 200);
  const stale = [
    ['Host', `127.0.0.1:${restarted.port}`],
    ['Cookie', first.cookie.replace(String(served.port), String(restarted.port))],
    ['X-Espalier-Key', first.key],
  ] as const;
  assert.equal((await raw(restarted.port, requestText({ target: '/session', headers: stale }))).status, 401);
});
