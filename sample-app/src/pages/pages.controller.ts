import { Controller, Get, Req, Res } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { HttpRequest, HttpResponse } from '../http.js';
import { hasLoopbackHost } from '../outbox/loopback-host.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { readSessionCookie } from '../sessions/session-cookie.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { maskPhoneNumber } from './mask-phone-number.js';
import { Page } from './page.js';

const ENTRANCE = new Page('entrance');
const ACCOUNT = new Page('account');

const TITLES = { 'sign-up': 'Create your account', 'sign-in': 'Sign in' };

/** The pages: sign-up, sign-in, and the account of who is signed in. */
@Controller()
export class PagesController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly outbox: OutboxService,
    private readonly config: ConfigService,
  ) {}

  @Get()
  async signUp(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    await this.#entrance(request, response, 'sign-up');
  }

  @Get('sign-in')
  async signIn(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    await this.#entrance(request, response, 'sign-in');
  }

  @Get('account')
  async account(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    const user = await this.sessions.findUser(readSessionCookie(request));
    if (user === null) {
      response.redirect(303, '/');
      return;
    }
    const verifiedAt = user.phoneVerifiedAt?.toISOString() ?? '';
    const values = { username: user.username, phoneNumber: maskPhoneNumber(user.phoneNumber), verifiedAt };
    this.#show(request, response, ACCOUNT, { ...values, initial: user.username.slice(0, 1).toUpperCase() });
  }

  async #entrance(request: HttpRequest, response: HttpResponse, mode: keyof typeof TITLES): Promise<void> {
    const user = await this.sessions.findUser(readSessionCookie(request));
    if (user === null) this.#show(request, response, ENTRANCE, { mode, title: TITLES[mode] });
    else response.redirect(303, '/account');
  }

  #show(request: HttpRequest, response: HttpResponse, page: Page, values: Readonly<Record<string, string>>): void {
    const app = this.config.getOrThrow<string>('APP_NAME');
    // Not cached, so that the back button shows no account after a sign-out and no sign-up form after a sign-in.
    response.setHeader('Cache-Control', 'no-store');
    const sandbox = String(this.outbox.isShown && hasLoopbackHost(request));
    response.type('html').send(page.render({ app, sandbox, ...values }));
  }
}
