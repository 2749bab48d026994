"""The tables of the store, as a list of migrations; SQLite's user_version counts how many a file has had."""

# Append only: a file in the field has had the earlier ones.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        # occurred_at is the text as sent, so that a repeat is the same bytes; corrected_at sorts.
        """CREATE TABLE activities (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            seq INTEGER NOT NULL,
            device TEXT NOT NULL CHECK (device IN ('this', 'other')),
            occurred_at TEXT NOT NULL,
            clock_offset_ms INTEGER NOT NULL,
            corrected_at TEXT NOT NULL,
            business_day TEXT NOT NULL,
            customer_id TEXT,
            refers_to TEXT,
            data TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'synced', 'held'))
        ) WITHOUT ROWID""",
        "CREATE INDEX activities_business_day ON activities (business_day)",
        "CREATE INDEX activities_customer_id ON activities (customer_id)",
        "CREATE INDEX activities_refers_to ON activities (refers_to) WHERE refers_to IS NOT NULL",
        """CREATE TABLE outbox (
            activity_id TEXT PRIMARY KEY REFERENCES activities (id),
            seq INTEGER NOT NULL UNIQUE,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'held')),
            attempts INTEGER NOT NULL DEFAULT 0,
            code TEXT,
            detail TEXT,
            queued_at TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX outbox_state ON outbox (state, seq)",
        # is_local: only this phone knows the customer so far, from its own prospect activity.
        """CREATE TABLE customers (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            phone TEXT NOT NULL,
            digits TEXT NOT NULL,
            initials TEXT NOT NULL,
            managed_since TEXT,
            tier TEXT,
            rating TEXT,
            last_called_on TEXT,
            last_spoken_on TEXT,
            is_local INTEGER NOT NULL DEFAULT 0,
            doc TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE TABLE pools (customer_id TEXT PRIMARY KEY, managed_since TEXT) WITHOUT ROWID",
        "CREATE TABLE products (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE plans (day TEXT PRIMARY KEY, id TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX plans_id ON plans (id)",
        "CREATE TABLE policies (effective_from TEXT PRIMARY KEY, id TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX policies_id ON policies (id)",
        "CREATE TABLE boards (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE replies (key TEXT PRIMARY KEY, doc TEXT NOT NULL, fetched_at TEXT NOT NULL) WITHOUT ROWID",
        # What a running snapshot has shown; at its end the rest is swept. Survives a restart between two pages.
        "CREATE TABLE snapshot_seen (entity TEXT, id TEXT, PRIMARY KEY (entity, id)) WITHOUT ROWID",
    ),
    # This version is the first to read kinds that the server alone writes, and how calls count to customers who left before
    # it ever saw them: both were passed over, so all is asked for anew. Nothing here is removed for it.
    ("DELETE FROM meta WHERE key = 'cursor'",),
    # Reviews of this advisor's calls and visits. seen_version is this phone's own: which version was last looked at.
    # Those that came before this version could keep them were passed over, so all is asked for anew.
    (
        """CREATE TABLE reviews (
            id TEXT PRIMARY KEY,
            activity_id TEXT NOT NULL,
            business_day TEXT NOT NULL,
            version INTEGER NOT NULL,
            seen_version INTEGER NOT NULL DEFAULT 0,
            doc TEXT NOT NULL
        ) WITHOUT ROWID""",
        "DELETE FROM meta WHERE key = 'cursor'",
    ),
    # The first version to read answers to hints, which one before it passed over when another device recorded them.
    ("DELETE FROM meta WHERE key = 'cursor'",),
    # The first that knows cases, which were passed over until now.
    (
        "CREATE TABLE cases (id TEXT PRIMARY KEY, topic TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX cases_topic ON cases (topic)",
        "CREATE TABLE case_drafts (id TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
        "DELETE FROM meta WHERE key = 'cursor'",
    ),
    # The first that knows leave. A day without it would have targets, so all is asked for anew, as whenever an entity comes new.
    (
        "CREATE TABLE leave (id TEXT PRIMARY KEY, first_day TEXT NOT NULL, last_day TEXT NOT NULL) WITHOUT ROWID",
        "DELETE FROM meta WHERE key = 'cursor'",
    ),
    # What customers bring along from the books they were in, as JSON; the first version that knows of it.
    (
        "ALTER TABLE customers ADD COLUMN handed TEXT",
        "DELETE FROM meta WHERE key = 'cursor'",
    ),
    # Who is lent for a day, to whom or from whose book, as JSON; the first version that forgets them when it is over.
    (
        "ALTER TABLE customers ADD COLUMN lent_to TEXT",
        "ALTER TABLE customers ADD COLUMN lent_from TEXT",
        "DELETE FROM meta WHERE key = 'cursor'",
    ),
    # What heads say to all for a day; passed over until now.
    (
        "CREATE TABLE notices (id TEXT PRIMARY KEY, day TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
        "DELETE FROM meta WHERE key = 'cursor'",
    ),
    # Which version of a board was last opened here.
    ("ALTER TABLE boards ADD COLUMN seen_version INTEGER NOT NULL DEFAULT 0",),
)
