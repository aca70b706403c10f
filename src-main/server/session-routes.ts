// Signing in: the token of the URL becomes a cookie and a key; asking whether that still holds; a sign of life.
import { z } from 'zod';
import { StudioError } from '#contract/errors.ts';
import { answerJson, readJson } from './answers.ts';
import type { Route } from './routes.ts';
import type { StudioAccess } from './studio-access.ts';

const SignIn = z.strictObject({ token: z.string().max(200) });

export function sessionRoutes(access: StudioAccess, onSignedIn: () => void = () => undefined): Route[] {
  return [
    {
      method: 'POST',
      path: '/session',
      auth: 'token',
      async answer({ request, response }) {
        const body = SignIn.safeParse(await readJson(request));
        if (!body.success) throw new StudioError('bad-input', 'Signing in takes a token and nothing else.');
        const opened = access.open(body.data.token);
        if (opened === undefined)
          throw new StudioError('unauthorised', 'This token is not valid.', {
            whatToDo: 'Open the address that the studio printed when it started last.',
          });
        onSignedIn();
        answerJson(response, 200, { key: opened.key }, { 'set-cookie': opened.setCookie });
      },
    },
    { method: 'GET', path: '/session', auth: 'session', answer: ({ response }) => answerJson(response, 200, { signedIn: true }) },
    { method: 'GET', path: '/health', auth: 'page', answer: ({ response }) => answerJson(response, 200, { alive: true }) },
  ];
}
