import type * as OpenTelemetry from '@opentelemetry/api';
import type { SendReceipt } from '../common/send-receipt.js';
import { SmsDeliveryError } from '../common/sms-delivery.error.js';
import type { SendWrapper } from './send-observer.js';

/**
 * Creates a wrapper that runs each send inside a span, the parent of the spans of the provider's client. The span
 * contains no number, no code and no error text.
 *
 * @internal
 */
export function createTracingWrapper(api: typeof OpenTelemetry, tracer: OpenTelemetry.Tracer): SendWrapper {
  const { SpanKind, SpanStatusCode } = api;
  return ({ country = 'none', purpose, isResend }, work) => {
    const attributes = {
      'phone_verify.country': country,
      'phone_verify.purpose': purpose,
      'phone_verify.is_resend': isResend,
    };
    const run = async (span: OpenTelemetry.Span): Promise<SendReceipt> => {
      try {
        const receipt = await work();
        span.setAttribute('phone_verify.backend', receipt.backend);
        return receipt;
      } catch (error) {
        const kind = error instanceof SmsDeliveryError ? error.kind : 'unknown';
        span.setAttribute('error.type', kind);
        span.setStatus({ code: SpanStatusCode.ERROR, message: kind });
        throw error;
      } finally {
        span.end();
      }
    };
    return tracer.startActiveSpan('phone_verify.send', { kind: SpanKind.CLIENT, attributes }, run);
  };
}
