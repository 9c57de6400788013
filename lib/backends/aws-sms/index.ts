export type { AwsCredentials } from '../provider/aws.js';
export { AwsSmsBackend, type AwsSmsBackendOptions, type AwsSmsFields } from './aws-sms.backend.js';
