"""What Alembic runs to reach the newest schema, within the transaction that `study.database` opened."""

from alembic import context

from study.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
