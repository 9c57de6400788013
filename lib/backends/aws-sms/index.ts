export type { AwsCredentials } from '../aws-sns/aws-sns.backend.js';
export { AwsSmsBackend, type AwsSmsBackendOptions, type AwsSmsFields } from './aws-sms.backend.js';
