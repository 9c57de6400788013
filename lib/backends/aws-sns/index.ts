export {
  AwsSnsBackend,
  type AwsCredentials,
  type AwsSnsBackendOptions,
  type SnsAttributes,
} from './aws-sns.backend.js';
