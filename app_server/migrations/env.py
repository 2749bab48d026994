"""What Alembic runs: the connection comes from app_server.migrations, so that the one door to the database stays one."""

from alembic import context

from app_server.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    user_module_prefix="sa.",
)
with context.begin_transaction():
    context.run_migrations()
