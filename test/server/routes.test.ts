// The route table: each row with its rule, nothing beside it, the same headers on every answer, and no path that climbs.
import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SECURITY_HEADERS } from '#contract/page-policy.ts';
import { raw, requestText, serveTiny, signedIn } from './served-studio.ts';

test('the table has exactly these 10 routes, and all that touch data ask for the session', async (t) => {
  const { routes } = await serveTiny(t);
  assert.deepEqual(routes.map(({ method, path, auth }) => `${method} ${path} ${auth}`).sort(), [
    'GET / entrance',
    'GET /assets/page-1a2b.js page',
    'GET /exports/:id session',
    'GET /exports/:id/:number session',
    'GET /health page',
    'GET /session session',
    'GET /studio session',
    'POST /session token',
    'POST /uploads session',
    'PUT /uploads/:id/:number session',
  ]);
});

test('19 answers of every kind, errors and unreadable requests included, carry all 5 security headers and no CORS header', async (t) => {
  const served = await serveTiny(t);
  const { port } = served;
  const { own } = await signedIn(served);
  const host = [['Host', `127.0.0.1:${port}`]] as const;
  const texts = [
    ...['/', '/assets/page-1a2b.js', '/health', '/session', '/nowhere', '/exports/none', '/exports/none/0'].flatMap((target) => [
      requestText({ target, headers: own }),
      requestText({ target, headers: [['Host', 'evil']] }),
    ]),
    requestText({ method: 'OPTIONS', target: '/session', headers: host }),
    requestText({ method: 'POST', target: '/session', headers: own, body: '' }),
    requestText({ target: '/', headers: [...host, ['X-Long', 'a'.repeat(20_000)]] }),
    requestText({ target: '/', headers: [...host, ['Expect', 'wonders']] }),
    'NOT HTTP\r\n\r\n',
  ];
  const statuses = new Set<number>();
  for (const text of texts) {
    const answer = await raw(port, text);
    statuses.add(answer.status);
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      assert.equal(answer.header(name), value, `${name} on ${text.slice(0, 60)} → ${answer.status}`);
    assert.doesNotMatch(answer.head, /access-control|server:|x-powered-by/i);
  }
  assert.equal(texts.length, 19);
  assert.deepEqual([...statuses].sort(), [200, 400, 403, 404, 405, 417, 431]);
});

test('the policy allows nothing inline, no eval, no other origin', () => {
  const policy = Object.fromEntries(
    SECURITY_HEADERS['Content-Security-Policy']!.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1)]),
  );
  assert.deepEqual(policy, {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  });
});

test('1,200 crooked paths, signed in, on every route: none escapes, none is anything but 400 or 404', async (t) => {
  const served = await serveTiny(t);
  const { own } = await signedIn(served);
  served.exported.set('job', [join(served.folder, 'canary.txt')]);
  const climbs = [
    '..',
    '%2e%2e',
    '%252e%252e',
    '..%2f..',
    '..\\..',
    '..;',
    '....//',
    '%c0%ae%c0%ae',
    '%00',
    '~',
    '.',
    'con',
    '%uff0e',
    '..%5c..',
    '\u00ff',
  ];
  const goals = ['canary.txt', 'etc/passwd', 'page/index.html', '', 'x?y', 'x#y', 'uploads', '..%00.js'];
  const bases = [
    '/',
    '/assets/',
    '/exports/',
    '/exports/job/',
    '/exports/job/0/',
    '/uploads/',
    '//',
    'http://evil.example/',
    '/health/',
    '/studio/',
  ];
  const targets = bases.flatMap((base) => climbs.flatMap((climb) => goals.map((goal) => `${base}${climb}/${goal}`)));
  assert.equal(targets.length, 1200);
  for (let at = 0; at < targets.length; at += 100) {
    const answers = await Promise.all(targets.slice(at, at + 100).map((target) => raw(served.port, requestText({ target, headers: own }))));
    for (const [index, answer] of answers.entries()) {
      assert.ok(answer.status === 404 || answer.status === 400, `${targets[at + index]} → ${answer.status}`);
      assert.doesNotMatch(answer.body, /CANARY|root:/);
    }
  }
});

test('downloads come only from the exports folder: not from beside it, not through a link', async (t) => {
  const served = await serveTiny(t);
  const { own } = await signedIn(served);
  const inside = join(served.folder, 'exports/pruned “ü”.keras');
  writeFileSync(inside, 'weights');
  symlinkSync(join(served.folder, 'canary.txt'), join(served.folder, 'exports/link.keras'));
  served.exported.set('job', [
    inside,
    join(served.folder, 'canary.txt'),
    join(served.folder, 'exports/link.keras'),
    join(served.folder, 'exports/../canary.txt'),
    join(served.folder, 'exports/gone.keras'),
  ]);
  const answers = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((number) => raw(served.port, requestText({ target: `/exports/job/${number}`, headers: own }))),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 404, 404, 404, 404, 404],
  );
  assert.equal(answers[0]!.body, 'weights');
  assert.equal(answers[0]!.header('content-disposition'), `attachment; filename*=UTF-8''pruned%20%E2%80%9C%C3%BC%E2%80%9D.keras`);
});
