export { BaseBackend, type BulkSendResult, type PreviousSend, type SendContext } from './backends/base.backend.js';
export type { SendReceipt } from './common/send-receipt.js';
export { FailoverBackend, type FailoverBackendOptions } from './backends/composite/failover.backend.js';
export type { BreakerOptions } from './backends/composite/circuit-breaker.js';
export type { ExistingBackend } from './backends/composite/child.js';
export type { ChildBackendOptions } from './backends/composite/child-options.js';
export { type RouteOptions, RoutingBackend, type RoutingBackendOptions } from './backends/composite/routing.backend.js';
export { HttpBackend, type HttpBackendOptions } from './backends/http/http.backend.js';
export { ConsoleBackend, type ConsoleBackendOptions } from './backends/console.backend.js';
export { SandboxBackend, type SandboxBackendOptions, type SandboxMessage } from './backends/sandbox.backend.js';
export {
  SmsDeliveryError,
  type SmsDeliveryErrorKind,
  type SmsDeliveryErrorOptions,
} from './common/sms-delivery.error.js';
export type { ErrorResponse } from './http/error-response.js';
export { PhoneNotVerifiedException } from './http/phone-not-verified.exception.js';
export type { RequireVerifiedPhoneOptions } from './http/phone-requirement.js';
export { RequireVerifiedPhone } from './http/require-verified-phone.decorator.js';
export { VerifiedPhone } from './http/verified-phone.decorator.js';
export { PhoneVerifyExceptionFilter } from './http/phone-verify-exception.filter.js';
export type { IncomingRequest } from './common/incoming-request.js';
export type { ClientIdentity, IdentifyClient } from './http/identify-client.js';
export type { AuthorizeSend, LimitUsage, SendToAuthorize } from './limits/authorize-send.js';
export type { ConversionGuard, Limit, LimitMode } from './limits/limit.js';
export type { LimitRule } from './common/limit-rule.js';
export type {
  ConversionOptions,
  LimitEntry,
  LimitOptions,
  LimitStoreChoice,
  ResendAfterOptions,
  ResolvedLimits,
} from './limits/limits.options.js';
export type { IoRedisClient, NodeRedisClient, RedisClient } from './limits/redis-client.js';
export { SMSVerificationCounter } from './limits/sms-verification-counter.entity.js';
export type { Autofill } from './message/autofill.js';
export type { AutofillOptions } from './message/autofill.options.js';
export type { EventOptions } from './observability/events.options.js';
export {
  type CheckFailedEvent,
  type EventSubject,
  type LockedEvent,
  type PhoneVerifyEvent,
  PhoneVerifyEvents,
  type RateLimitedEvent,
  type SendFailedEvent,
  type SentEvent,
  type VerifiedEvent,
} from './observability/phone-verify-event.js';
export type { MessageContext } from './message/message-template.js';
export { type MessageSegments, segments } from './message/segments.js';
export { phoneVerifyMigrations } from './database/migrations/index.js';
export type { NumberOptions } from './phone-number/number-policy.options.js';
export type { NumberPolicy, NumberValidation, PhoneNumberType } from './phone-number/number-policy.js';
export {
  ArgumentInvalidError,
  BackendHookError,
  PhoneNumberInvalidError,
  PhoneNumberNotAllowedError,
  PhoneVerifyConfigurationError,
  PhoneVerifyError,
  RandomSourceError,
  RateLimitedError,
  ResendRefusedError,
  StorageUnavailableError,
} from './phone-verify.errors.js';
export { PhoneVerifyModule } from './phone-verify.module.js';
export type {
  PhoneVerifyModuleAsyncOptions,
  PhoneVerifyModuleExtras,
  PhoneVerifyModuleOptions,
  PhoneVerifyOptions,
  PhoneVerifyOptionsFactory,
  ResolvedPhoneVerifyOptions,
} from './phone-verify.options.js';
export type { BackendClass, BackendProvider } from './backends/backend.options.js';
export {
  PHONE_VERIFY_BACKEND,
  PHONE_VERIFY_BACKEND_OPTIONS,
  PHONE_VERIFY_LIMITS,
  PHONE_VERIFY_OPTIONS,
} from './phone-verify.tokens.js';
export { PhoneVerificationService } from './verification/phone-verification.service.js';
export type { DescribedBudget } from './limits/described-budget.js';
export type { DescribedSession, PhoneDescription } from './verification/phone-records.types.js';
export { SMSVerification } from './database/sms-verification.entity.js';
export type { TestNumberOptions } from './phone-number/test-numbers.options.js';
export type { TestNumbers } from './phone-number/test-numbers.js';
export { VerificationStatus } from './common/verification-status.js';
export type {
  ConsumeOptions,
  PurgeOptions,
  SendOptions,
  VerificationTokenOptions,
} from './verification/verification.types.js';
export type { SentVerification } from './common/sent-verification.js';
export type { VerificationResult } from './backends/verification-result.js';
