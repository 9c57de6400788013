import { type CanActivate, type ExecutionContext, Injectable, UnsupportedMediaTypeException } from '@nestjs/common';
import type { HttpRequest } from '../http.js';

/** Accepts JSON only: by posting a form, another site could sign its visitors in to the attacker's account. */
@Injectable()
export class JsonOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<HttpRequest>();
    const isJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
    if (!isJson) throw new UnsupportedMediaTypeException('Send JSON.');
    return true;
  }
}
