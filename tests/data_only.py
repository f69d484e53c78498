"""A plugin of pytest, for another database: leave out the tests that never touch a database."""

TOUCHING = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config, items):
    """Keep what asks for the database, by its mark or through a fixture."""
    kept = [item for item in items if item.get_closest_marker("django_db") or TOUCHING & set(item.fixturenames)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
