export { AwsSnsBackend, type AwsCredentials, type AwsSnsBackendOptions } from './aws-sns.backend.js';
