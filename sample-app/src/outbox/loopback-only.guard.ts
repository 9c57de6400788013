import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { HttpRequest } from '../http.js';
import { hasLoopbackHost } from './loopback-host.js';

/** For routes that only the developer on this machine may use. */
@Injectable()
export class LoopbackOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (hasLoopbackHost(context.switchToHttp().getRequest<HttpRequest>())) return true;
    throw new ForbiddenException('The outbox responds to localhost, 127.0.0.1 and [::1] only.');
  }
}
