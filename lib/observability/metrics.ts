import type { Meter } from '@opentelemetry/api';
import type { EventListener } from './event-publisher.js';
import { VerificationStatus } from '../common/verification-status.js';

/** Bucket bounds of the delivery times, in seconds: a provider takes less than one, the longest failover ten minutes. */
const DELIVERY_BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 600];

/**
 * Creates a listener that records metrics. No attribute identifies a person.
 *
 * @internal
 */
export function createMetricsListener(meter: Meter): EventListener {
  const sent = meter.createCounter('phone_verify.sent', { description: 'Messages that a backend accepted.' });
  const verified = meter.createCounter('phone_verify.verified', { description: 'Correct codes.' });
  const checks = meter.createCounter('phone_verify.checks', { description: 'Codes checked, by outcome.' });
  const rateLimited = meter.createCounter('phone_verify.rate_limited', {
    description: 'Sends that exceeded a limit, by rule and by whether it was enforced.',
  });
  const duration = meter.createHistogram('phone_verify.delivery.duration', {
    unit: 's',
    description: 'Time that backends took for a message, by outcome.',
    advice: { explicitBucketBoundaries: DELIVERY_BOUNDS_SECONDS },
  });

  return (event) => {
    const { country = 'none' } = event;
    switch (event.name) {
      case 'phone-verify.sent':
        sent.add(1, { country, backend: event.backend });
        duration.record(event.durationMs / 1000, { country, backend: event.backend, kind: 'sent' });
        break;
      case 'phone-verify.send-failed':
        duration.record(event.durationMs / 1000, { country, backend: event.backend, kind: event.kind });
        break;
      case 'phone-verify.verified':
        verified.add(1, { country });
        checks.add(1, { country, outcome: VerificationStatus.Valid });
        break;
      case 'phone-verify.check-failed':
        checks.add(1, { country, outcome: event.outcome });
        break;
      case 'phone-verify.rate-limited':
        rateLimited.add(1, { country, rule: event.rule, enforced: event.enforced });
        break;
      case 'phone-verify.locked':
        // `check-failed` has already counted this check.
        break;
    }
  };
}
