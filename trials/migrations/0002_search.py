"""What search looks through, indexed in each database's own way: full-text tables of SQLite, text search of PostgreSQL.

Neither takes words apart: `trials.words` has done so, and the stems are taken as they are. A later migration that
changes the table of search entries on SQLite makes it anew, without these triggers: drop and make them there.
"""

from django.db import migrations

SQLITE = (
    """
    CREATE VIRTUAL TABLE trials_search USING fts5(
        title_stems, body_stems,
        content='trials_searchentry', content_rowid='id', tokenize='ascii', detail='column', columnsize=0, prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER trials_search_insert AFTER INSERT ON trials_searchentry BEGIN
        INSERT INTO trials_search(rowid, title_stems, body_stems) VALUES (new.id, new.title_stems, new.body_stems);
    END
    """,
    """
    CREATE TRIGGER trials_search_delete AFTER DELETE ON trials_searchentry BEGIN
        INSERT INTO trials_search(trials_search, rowid, title_stems, body_stems)
        VALUES ('delete', old.id, old.title_stems, old.body_stems);
    END
    """,
    """
    CREATE TRIGGER trials_search_update AFTER UPDATE ON trials_searchentry BEGIN
        INSERT INTO trials_search(trials_search, rowid, title_stems, body_stems)
        VALUES ('delete', old.id, old.title_stems, old.body_stems);
        INSERT INTO trials_search(rowid, title_stems, body_stems) VALUES (new.id, new.title_stems, new.body_stems);
    END
    """,
    "INSERT INTO trials_search(trials_search) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER trials_search_insert",
    "DROP TRIGGER trials_search_delete",
    "DROP TRIGGER trials_search_update",
    "DROP TABLE trials_search",
)
POSTGRES = (
    """
    ALTER TABLE trials_searchentry
    ADD COLUMN title_vector tsvector GENERATED ALWAYS AS (
        array_to_tsvector(string_to_array(title_stems, ' '))
    ) STORED,
    ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        array_to_tsvector(string_to_array(title_stems, ' ') || string_to_array(body_stems, ' '))
    ) STORED
    """,
    "CREATE INDEX trials_search ON trials_searchentry USING gin (vector)",
)
POSTGRES_BACK = ("ALTER TABLE trials_searchentry DROP COLUMN title_vector, DROP COLUMN vector",)


def run(by_vendor):
    """A function for a migration that runs the statements for the database it meets."""

    def execute(apps, schema_editor):
        for statement in by_vendor[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return execute


class Migration(migrations.Migration):
    dependencies = [("trials", "0001_initial")]

    operations = [
        migrations.RunPython(
            run({"sqlite": SQLITE, "postgresql": POSTGRES}), run({"sqlite": SQLITE_BACK, "postgresql": POSTGRES_BACK})
        ),
    ]
