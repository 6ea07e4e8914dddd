"""The database itself: connections, transactions, the turn of writers, migrations."""
