import { Logger } from '@nestjs/common';
import type { IncomingRequest } from '../common/incoming-request.js';

/** Logs once that bodies arrive unparsed, which a response can only call missing fields. */
export class UnparsedBodies {
  readonly #logger = new Logger('PhoneVerify');
  #isReported = false;

  /** Looks at a request of which no field could be read. */
  inspect(request: IncomingRequest): void {
    if (this.#isReported || !isUnparsed(request)) return;
    this.#isReported = true;
    this.#logger.error(
      'No parser read the JSON body of a request, so every field of it is missing. Where the application starts with ' +
        "`bodyParser: false`, register a parser for these routes: `app.useBodyParser('json')` on Express.",
    );
  }
}

/** A body was sent, and is not there or still bytes. A parser leaves neither for `application/json`. */
function isUnparsed({ headers, body }: IncomingRequest): boolean {
  const isSent = Number(headers['content-length']) > 0 || headers['transfer-encoding'] !== undefined;
  return isSent && (body === undefined || body instanceof Uint8Array);
}
