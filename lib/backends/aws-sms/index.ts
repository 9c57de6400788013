export type { AwsCredentials } from '../provider/aws.js';
export { AwsSmsBackend } from './aws-sms.backend.js';
export type { AwsSmsBackendOptions, AwsSmsFields } from './aws-sms.options.js';
