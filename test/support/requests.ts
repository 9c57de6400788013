import type { INestApplication } from '@nestjs/common';
import request, { type Response, type Test } from 'supertest';

/** A number that is valid in every version of the metadata, and a mobile one. */
export const NUMBER = '+14155552671';
export const OTHER_NUMBER = '+447911123456';

/** The code that the sandbox always sends. */
export const CORRECT_CODE = '123456';
export const WRONG_CODE = '654321';

export function post(app: INestApplication, path: string, body: object): Test {
  return request(app.getHttpServer()).post(path).send(body);
}

export function register(app: INestApplication, phoneNumber = NUMBER): Test {
  return post(app, '/phone/register', { phone_number: phoneNumber });
}

export function resend(app: INestApplication, phoneNumber: string, sessionToken: string): Test {
  return post(app, '/phone/resend', { phone_number: phoneNumber, session_token: sessionToken });
}

export function verify(app: INestApplication, phoneNumber: string, sessionToken: string, code: string): Test {
  const body = { phone_number: phoneNumber, session_token: sessionToken, security_code: code };
  return post(app, '/phone/verify', body);
}

/** Registers a number. Returns the session token. */
export async function openSession(app: INestApplication, phoneNumber = NUMBER): Promise<string> {
  const { body }: Response = await register(app, phoneNumber).expect(200);
  return body.session_token;
}
