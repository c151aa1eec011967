/** One step of the schema's history. */
export interface Migration {
  sqlite: string;
  /** What does the same to PostgreSQL, where SQLite has to make a table anew and PostgreSQL alters it; else `sqlite` is translated. */
  postgres?: string;
}
