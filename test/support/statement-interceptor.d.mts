import type { DataSource } from 'typeorm';

type Intercept = (run: () => Promise<unknown>, sql: string) => Promise<unknown>;

export declare function interceptStatements(dataSource: DataSource, intercept: Intercept): () => void;
export declare function interceptNextStatement(dataSource: DataSource, intercept: Intercept): void;
