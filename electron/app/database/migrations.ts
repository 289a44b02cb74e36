/**
 * The schema's history, forward only: an element is applied once, in order, and never edited after it was released.
 * `PRAGMA user_version` counts those applied.
 *
 * Only finished text is indexed for search, and of it the first 100,000 characters: an answer is saved twice a second while it
 * streams, and the trigrams of a pasted megabyte take a second to write.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE folders (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    position REAL NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE conversations (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL DEFAULT '',
    title_is_manual INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    archived INTEGER NOT NULL DEFAULT 0,
    folder_id TEXT REFERENCES folders(id) ON DELETE SET NULL,
    deleted_at INTEGER,
    options TEXT NOT NULL DEFAULT '{}',
    leaf_id TEXT
  ) STRICT;
  CREATE INDEX conversations_by_change ON conversations(updated_at DESC, seq DESC) WHERE deleted_at IS NULL;
  CREATE INDEX conversations_in_bin ON conversations(deleted_at) WHERE deleted_at IS NOT NULL;
  CREATE INDEX conversations_by_folder ON conversations(folder_id) WHERE folder_id IS NOT NULL;

  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
    parent_id TEXT,
    -- The child last in view: where a switch of branches goes down to.
    selected_child_id TEXT,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    created_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- What follows is an assistant's alone.
    state TEXT CHECK (state IN ('pending', 'streaming', 'done', 'stopped', 'failed')),
    reasoning TEXT NOT NULL DEFAULT '',
    model_id TEXT,
    thinking INTEGER NOT NULL DEFAULT 0,
    finish_reason TEXT,
    stats TEXT,
    error TEXT
  ) STRICT;
  CREATE INDEX messages_by_conversation ON messages(conversation_id, seq);
  CREATE INDEX messages_in_progress ON messages(state) WHERE state IN ('pending', 'streaming');

  CREATE TABLE attachments (
    message_id TEXT NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    -- The Attachment of the contract, as JSON.
    description TEXT NOT NULL,
    PRIMARY KEY (message_id, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attachments_by_file ON attachments(sha256);

  CREATE VIRTUAL TABLE message_search USING fts5(text, content='messages', content_rowid='seq', tokenize='trigram');
  CREATE TRIGGER messages_search_insert AFTER INSERT ON messages
  WHEN new.state IS NULL OR new.state NOT IN ('pending', 'streaming')
  BEGIN
    INSERT INTO message_search(rowid, text) VALUES (new.seq, substr(new.text, 1, 100000));
  END;
  CREATE TRIGGER messages_search_before_update BEFORE UPDATE OF text, state ON messages
  WHEN old.state IS NULL OR old.state NOT IN ('pending', 'streaming')
  BEGIN
    INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.seq, substr(old.text, 1, 100000));
  END;
  CREATE TRIGGER messages_search_after_update AFTER UPDATE OF text, state ON messages
  WHEN new.state IS NULL OR new.state NOT IN ('pending', 'streaming')
  BEGIN
    INSERT INTO message_search(rowid, text) VALUES (new.seq, substr(new.text, 1, 100000));
  END;
  CREATE TRIGGER messages_search_delete BEFORE DELETE ON messages
  WHEN old.state IS NULL OR old.state NOT IN ('pending', 'streaming')
  BEGIN
    INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.seq, substr(old.text, 1, 100000));
  END;

  CREATE VIRTUAL TABLE title_search USING fts5(title, content='conversations', content_rowid='seq', tokenize='trigram');
  CREATE TRIGGER title_search_insert AFTER INSERT ON conversations BEGIN
    INSERT INTO title_search(rowid, title) VALUES (new.seq, new.title);
  END;
  CREATE TRIGGER title_search_update AFTER UPDATE OF title ON conversations BEGIN
    INSERT INTO title_search(title_search, rowid, title) VALUES ('delete', old.seq, old.title);
    INSERT INTO title_search(rowid, title) VALUES (new.seq, new.title);
  END;
  CREATE TRIGGER title_search_delete BEFORE DELETE ON conversations BEGIN
    INSERT INTO title_search(title_search, rowid, title) VALUES ('delete', old.seq, old.title);
  END;
  `,
  // Deleted messages stay while it can be undone.
  `
  ALTER TABLE messages ADD COLUMN deleted_at INTEGER;
  CREATE INDEX messages_deleted ON messages(deleted_at) WHERE deleted_at IS NOT NULL;
  `,
  // Of an answer: the DocumentUse of the contract, as JSON.
  `
  ALTER TABLE messages ADD COLUMN documents TEXT;
  `,
  // Of an answer: what it called, the CalledTool of the contract, as JSON.
  `
  ALTER TABLE messages ADD COLUMN tool_calls TEXT;
  `,
];
