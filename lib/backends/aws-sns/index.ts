export type { AwsCredentials } from '../provider/aws.js';
export { AwsSnsBackend, type AwsSnsBackendOptions, type SnsAttributes } from './aws-sns.backend.js';
