CREATE TABLE IF NOT EXISTS visit (id serial PRIMARY KEY, host text NOT NULL, at timestamptz DEFAULT now());
