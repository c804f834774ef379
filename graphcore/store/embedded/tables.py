"""Tables of the embedded graph, beside the ledger in one SQLite file; every name begins with ``graph_``.

``labelset`` numbers a distinct set of access labels: an entity or link carries that of its assertions, so a view can
filter by a few numbers without looking at assertions. Label sets are only ever added and hold no content. Every
transaction that changes the graph raises ``version``.

``mixed`` of an entity: 0 one item, 1 several under the same access labels, 2 several under others. ``source_origin`` and
``target_origin`` of a link's assertion: the items that it joins, NULL where that is the entity's first one (its uid).
"""

VERSION = 3

# the text of an assertion is kept in its row; the full-text index is contentless and keyed by the same number (aid)
TEXT_INDEX = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS graph_text USING fts5(
        text, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mc Mn'"
    )
    """,
    "CREATE VIRTUAL TABLE IF NOT EXISTS graph_vocabulary USING fts5vocab(graph_text, 'row')",
)

# by name: built behind the links where very many come at once
LINK_INDEXES = {
    "graph_link_out": "CREATE INDEX IF NOT EXISTS graph_link_out ON graph_link (src, lid, type, dst, labelset)",
    "graph_link_in": "CREATE INDEX IF NOT EXISTS graph_link_in ON graph_link (dst, lid, type, src, labelset)",
    "graph_link_assertion_owner": "CREATE INDEX IF NOT EXISTS graph_link_assertion_owner ON graph_link_assertion (n)",
}

TABLES = (
    "CREATE TABLE IF NOT EXISTS graph_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS graph_label (number INTEGER PRIMARY KEY, body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS graph_labelset (id INTEGER PRIMARY KEY, numbers TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE IF NOT EXISTS graph_entity (
        eid INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, type TEXT NOT NULL, labelset INTEGER NOT NULL,
        mixed INTEGER NOT NULL DEFAULT 2
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS graph_link (
        n INTEGER PRIMARY KEY, lid TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
        src INTEGER NOT NULL, dst INTEGER NOT NULL, labelset INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS graph_entity_assertion (
        aid INTEGER PRIMARY KEY, eid INTEGER NOT NULL, label INTEGER NOT NULL, known_at TEXT NOT NULL,
        seq INTEGER NOT NULL, rid TEXT NOT NULL, origin_id TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL,
        valid_from TEXT, valid_to TEXT, grading TEXT NOT NULL,
        caption TEXT NOT NULL, properties TEXT NOT NULL, text TEXT NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS graph_entity_assertion_owner ON graph_entity_assertion (eid)",
    """
    CREATE TABLE IF NOT EXISTS graph_link_assertion (
        aid INTEGER PRIMARY KEY, n INTEGER NOT NULL, label INTEGER NOT NULL, known_at TEXT NOT NULL,
        seq INTEGER NOT NULL, rid TEXT NOT NULL, origin_id TEXT NOT NULL, source TEXT NOT NULL,
        valid_from TEXT, valid_to TEXT, grading TEXT NOT NULL,
        share_min REAL, share_max REAL, amount REAL, properties TEXT NOT NULL, occurrences INTEGER,
        source_origin TEXT, target_origin TEXT
    )
    """,
    *LINK_INDEXES.values(),
    *TEXT_INDEX,
)
# from the version before: what brings its tables to the next one
UPGRADES = {
    1: ("ALTER TABLE graph_link_assertion ADD COLUMN occurrences INTEGER",),
    2: (
        "ALTER TABLE graph_entity ADD COLUMN mixed INTEGER NOT NULL DEFAULT 2",
        "ALTER TABLE graph_link_assertion ADD COLUMN source_origin TEXT",
        "ALTER TABLE graph_link_assertion ADD COLUMN target_origin TEXT",
        # which items the links join stands in the ledger alone: built anew
        "UPDATE graph_state SET value = -1 WHERE name = 'applied'",
    ),
}
EMPTIED = ("graph_label", "graph_entity", "graph_link", "graph_entity_assertion", "graph_link_assertion")
