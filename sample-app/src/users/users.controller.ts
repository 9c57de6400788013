import { Body, Controller, HttpCode, Post, Req, Res, UnauthorizedException, UseGuards } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from '../http.js';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from '../sessions/session-cookie.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { ChangePhoneRequest } from './change-phone.request.js';
import { JsonOnlyGuard } from './json-only.guard.js';
import { VerificationTokenRequest } from './verification-token.request.js';
import { SignUpRequest } from './sign-up.request.js';
import { UsernameRequest } from './username.request.js';
import { type SignedIn, UsersService } from './users.service.js';

/** Response to a sign-up and a sign-in, in addition to the cookie. */
interface UserResponse {
  readonly id: string;
  readonly username: string;
  readonly phoneNumber: string;
}

@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /** Tells before a message is sent that a username is taken. The sign-up decides. */
  @Post('check-username')
  @HttpCode(204)
  @UseGuards(JsonOnlyGuard)
  async checkUsername(@Body() { username }: UsernameRequest): Promise<void> {
    await this.users.requireFree(username);
  }

  @Post('sign-up')
  @UseGuards(JsonOnlyGuard)
  async signUp(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
    @Body() { username, verification_token }: SignUpRequest,
  ): Promise<UserResponse> {
    return signedIn(request, response, await this.users.signUp(username, verification_token));
  }

  @Post('sign-in')
  @HttpCode(200)
  @UseGuards(JsonOnlyGuard)
  async signIn(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
    @Body() { verification_token }: VerificationTokenRequest,
  ): Promise<UserResponse> {
    return signedIn(request, response, await this.users.signIn(verification_token));
  }

  @Post('change-phone')
  @HttpCode(204)
  @UseGuards(JsonOnlyGuard)
  async changePhone(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
    @Body() { current_verification_token, verification_token }: ChangePhoneRequest,
  ): Promise<void> {
    const user = await this.sessions.findUser(readSessionCookie(request));
    if (user === null) throw new UnauthorizedException();
    const sessionToken = await this.users.changePhone(user.id, current_verification_token, verification_token);
    setSessionCookie(request, response, sessionToken);
  }

  /**
   * Accepts a plain form post, so that it works without scripts. A post from another site comes without the cookie, and
   * the response does not clear it.
   */
  @Post('sign-out')
  async signOut(@Req() request: HttpRequest, @Res() response: HttpResponse): Promise<void> {
    const token = readSessionCookie(request);
    if (token !== '') {
      await this.sessions.close(token);
      clearSessionCookie(request, response);
    }
    response.redirect(303, '/');
  }
}

function signedIn(request: HttpRequest, response: HttpResponse, { user, sessionToken }: SignedIn): UserResponse {
  setSessionCookie(request, response, sessionToken);
  return { id: user.id, username: user.username, phoneNumber: user.phoneNumber };
}
